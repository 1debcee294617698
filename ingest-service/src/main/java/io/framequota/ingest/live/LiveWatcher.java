package io.framequota.ingest.live;

import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.JobStore;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Passes the lines of a live job's result to one client as they come, until the job has ended. Thread-safe. */
@Singleton
public final class LiveWatcher {
    /** A client is called this often even when no line comes, so that a lost connection is noticed. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private static final Duration RETRY = Duration.ofMillis(500);

    private final JobStore jobs;
    private final LiveCollector collector;

    LiveWatcher(JobStore jobs, LiveCollector collector) {
        this.jobs = jobs;
        this.collector = collector;
    }

    /** Receives lines. */
    public interface Client {
        /** Called with lines that have come. */
        void onLines(List<LiveFeed.Line> lines) throws IOException;

        /** Called when the job is watched from now on, and when nothing has come for a while. */
        void onIdle() throws IOException;
    }

    /**
     * Checks that a job has lines that can be watched.
     *
     * @throws RejectedRequestException when it is not live, or there is no such job
     */
    public void check(String id) {
        if (!find(id).live()) {
            throw RejectedRequestException.conflict(
                    "job " + id + " is not live; its result is at /api/v1/jobs/" + id + "/detections");
        }
    }

    private Job find(String id) {
        return jobs.find(id).orElseThrow(() -> RejectedRequestException.jobNotFound(id));
    }

    /** Passes on the lines from the window on that is not yet committed. Returns when the job has ended. */
    public void watch(String id, Client client) throws IOException, InterruptedException {
        while (true) {
            Optional<LiveFeed> open = collector.watch(id);
            client.onIdle();
            if (open.isPresent()) {
                try (LiveFeed feed = open.get()) {
                    while (!feed.ended()) {
                        List<LiveFeed.Line> lines = feed.take(IDLE);
                        if (lines.isEmpty()) {
                            client.onIdle();
                        } else {
                            client.onLines(lines);
                        }
                    }
                }
            }
            if (find(id).ended()) {
                return;
            }
            // The job is about to end, or its stream is about to be opened.
            Thread.sleep(RETRY);
        }
    }
}
