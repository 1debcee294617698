package io.framequota.ingest.results;

import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.ChunkStore.Member;
import io.framequota.ingest.store.LostResults;
import io.framequota.ingest.store.files.MemberFiles;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Reads the members of a job in chunk order, also while the job runs. */
@Singleton
public final class MemberStream {
    private static final int BATCH = 256;
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);

    private final JobService jobs;
    private final ChunkStore chunks;
    private final JobChangeNotifier notifier;
    private final MemberFiles files;

    MemberStream(JobService jobs, ChunkStore chunks, JobChangeNotifier notifier, MemberFiles files) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.notifier = notifier;
        this.files = files;
    }

    /** Receives the file of one member. */
    @FunctionalInterface
    interface Sink {
        void member(Path file) throws IOException;
    }

    /** Called when all members so far were read and the next is waited for. */
    @FunctionalInterface
    interface Pause {
        void reached() throws IOException;
    }

    /**
     * Passes the members to the sink one after another.
     *
     * @param follow wait for the next chunk until the job ends; otherwise stop at the first chunk without a result. For a job that
     *     has ended without success members behind a missing chunk are included.
     */
    void each(String id, boolean follow, Sink sink, Pause pause) throws IOException, InterruptedException {
        try (JobChangeNotifier.Watch watch = notifier.watch(id)) {
            int next = 0;
            while (true) {
                // Read before the members: a job that has ended gets no further members.
                Job job = jobs.get(id);
                List<Member> members = chunks.members(id, next, BATCH);
                for (Member m : members) {
                    // The first windows of a live job may have expired.
                    if (m.chunk() != next && !job.ended() && !job.live()) {
                        break;
                    }
                    next = m.chunk() + 1;
                    try {
                        sink.member(files.path(m.file()));
                    } catch (NoSuchFileException e) {
                        // A live job's has expired since its row was read.
                        if (!job.live()) {
                            throw LostResults.gone(id);
                        }
                    }
                }
                boolean more = !members.isEmpty() && members.getLast().chunk() < next && members.size() == BATCH;
                if (more) {
                    continue;
                }
                if (job.ended() || !follow) {
                    return;
                }
                pause.reached();
                watch.await(POLL_INTERVAL);
            }
        }
    }

    /** Copies the stored bytes; flushes when the next member does not exist yet. */
    void copy(String id, boolean follow, OutputStream out) throws IOException, InterruptedException {
        boolean[] any = {false};
        each(
                id,
                follow,
                file -> {
                    Files.copy(file, out);
                    any[0] = true;
                },
                out::flush);
        if (!any[0]) {
            out.write(emptyMember());
        }
        out.flush();
    }

    /** The gzip member of a result without frames. */
    static byte[] emptyMember() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new GZIPOutputStream(bytes).close();
        return bytes.toByteArray();
    }
}
