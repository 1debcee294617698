package io.framequota.ingest.results;

import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.ChunkStore.Member;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A job's members in chunk order, while they come. */
@Singleton
public final class MemberStream {
    private static final int BATCH = 256;
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);

    private final JobService jobs;
    private final ChunkStore chunks;
    private final JobChangeNotifier events;
    private final MemberFiles files;

    MemberStream(JobService jobs, ChunkStore chunks, JobChangeNotifier events, MemberFiles files) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.events = events;
        this.files = files;
    }

    /** Takes one member's file. */
    @FunctionalInterface
    interface Sink {
        void member(Path file) throws IOException;
    }

    /** Called when the stream has caught up with the job. */
    @FunctionalInterface
    interface Pause {
        void reached() throws IOException;
    }

    /**
     * Hands over the members one after another. Following, it waits for the next chunk until the job ends; a job that ended
     * without success then gives what it has behind a missing chunk too. Not following, it gives the complete leading chunks.
     */
    void each(String id, boolean follow, Sink sink, Pause pause) throws IOException, InterruptedException {
        try (JobChangeNotifier.Watch watch = events.watch(id)) {
            int next = 0;
            while (true) {
                // Looked at before the members: what it had when it had ended is all there will be.
                Job job = jobs.get(id);
                List<Member> members = chunks.members(id, next, BATCH);
                for (Member m : members) {
                    if (m.chunk() != next && !job.ended()) {
                        break;
                    }
                    sink.member(files.path(m.file()));
                    next = m.chunk() + 1;
                }
                boolean more = !members.isEmpty() && members.getLast().chunk() < next && members.size() == BATCH;
                if (more) {
                    continue;
                }
                if (job.ended() || !follow) {
                    return;
                }
                pause.reached();
                watch.await(LOOK_ANYWAY);
            }
        }
    }

    /** Copies the stored bytes; each member is flushed when the next one is not there yet. */
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
            out.write(EmptyMember.bytes());
        }
        out.flush();
    }
}
