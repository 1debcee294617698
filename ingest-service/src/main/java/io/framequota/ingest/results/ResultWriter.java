package io.framequota.ingest.results;

import io.framequota.ingest.job.service.JobService;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.zip.GZIPInputStream;

/** Writes the result of a job in any format, also while the job runs. Blocks; holds one member at most. */
@Singleton
public final class ResultWriter {
    private final JobService jobs;
    private final MemberStream members;

    ResultWriter(JobService jobs, MemberStream members) {
        this.jobs = jobs;
        this.members = members;
    }

    /**
     * Writes the result in frame order.
     *
     * @param follow wait for further chunks until the job ends; otherwise stop at the first chunk without a result
     * @param out flushed before each wait for a chunk; not closed
     */
    public void write(String id, ResultFormat format, boolean follow, OutputStream out)
            throws IOException, InterruptedException {
        // Throws for an unknown job before anything is written.
        jobs.get(id);
        switch (format) {
            case GZIP -> members.copy(id, follow, out);
            case JSONL -> plain(id, follow, out);
            case CSV -> lines(id, LineFormat.CSV, follow, out);
            case KITTI -> lines(id, LineFormat.KITTI, follow, out);
            case COCO -> new CocoWriter(members::each, jobs::get).write(id, follow, out);
        }
        out.flush();
    }

    private void plain(String id, boolean follow, OutputStream out) throws IOException, InterruptedException {
        members.each(
                id,
                follow,
                file -> {
                    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                        in.transferTo(out);
                    }
                },
                out::flush);
    }

    private void lines(String id, LineFormat format, boolean follow, OutputStream out)
            throws IOException, InterruptedException {
        out.write(format.header().getBytes(StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder();
        members.each(
                id,
                follow,
                file -> {
                    MemberReader.each(file, line -> format.append(text, line));
                    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                    text.setLength(0);
                },
                out::flush);
    }
}
