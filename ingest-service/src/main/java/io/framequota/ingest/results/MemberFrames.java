package io.framequota.ingest.results;

import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.format.SourceInfo;
import io.framequota.analysis.result.InvalidResultException;
import io.framequota.analysis.result.ResultReader;
import io.framequota.ingest.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * The frames of a job's members. The first reading may follow the job until it ends; later ones have the same members and no others.
 * For one thread.
 */
final class MemberFrames implements ResultFrames {
    /** Iterates over the members of a job, as {@link MemberStream#each} does. */
    interface Source {
        void each(String id, boolean follow, MemberStream.Sink sink, MemberStream.Pause pause)
                throws IOException, InterruptedException;
    }

    private final String id;
    private final boolean follow;
    private final Source members;
    private final Function<String, Job> jobs;
    private int number = -1;
    private SourceInfo source = new SourceInfo("", 0, 0);

    /** @param jobs returns the current state of a job */
    MemberFrames(String id, boolean follow, Source members, Function<String, Job> jobs) {
        this.id = id;
        this.follow = follow;
        this.members = members;
        this.jobs = jobs;
        source = source(jobs.apply(id));
    }

    /** What is known of the source at the frame that was read last. */
    SourceInfo source() {
        return source;
    }

    private static SourceInfo source(Job job) {
        return new SourceInfo(
                job.spec().source(), job.progress().width(), job.progress().height());
    }

    @Override
    public void each(Sink sink, Pause pause) throws IOException, InterruptedException {
        boolean first = number < 0;
        int[] count = {0};
        members.each(
                id,
                first && follow,
                file -> {
                    if (first) {
                        // Read here, because a job has no size before its source is opened.
                        source = source(jobs.apply(id));
                    }
                    if (first || count[0] < number) {
                        read(file, sink);
                        count[0]++;
                    }
                },
                pause::reached);
        number = count[0];
    }

    private static void read(Path member, Sink sink) throws IOException {
        try (ResultReader lines = new ResultReader(Files.newInputStream(member), "a member")) {
            for (ResultReader.Line line = lines.next(); line != null; line = lines.next()) {
                switch (line) {
                    case ResultReader.Frame(var frame) -> sink.frame(frame);
                    case ResultReader.Other(var other) -> sink.other(other);
                }
            }
        } catch (InvalidResultException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
