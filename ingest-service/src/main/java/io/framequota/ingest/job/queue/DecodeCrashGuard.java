package io.framequota.ingest.job.queue;

import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Counts, over restarts, how often this process ended while it decoded a source that had not yet given a chunk. Such a source is a
 * suspect. Suspects are decoded one at a time, so that a source that crashes the process is not mistaken for another.
 */
final class DecodeCrashGuard {
    private static final Logger LOG = Logger.getLogger(DecodeCrashGuard.class);
    private static final int MAX_CRASHES = 3;

    private final JobStore jobs;
    private final Semaphore suspects = new Semaphore(1, true);

    DecodeCrashGuard(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * Starts an attempt to decode a job's source. A suspect waits until no other suspect is decoded.
     *
     * @throws SourceException when this process ended too often during earlier attempts
     * @throws StoreException when the number of earlier attempts cannot be read or written
     */
    Attempt begin(String job) throws SourceException, InterruptedException {
        int crashes = jobs.unfinishedAttempts(job);
        if (crashes >= MAX_CRASHES) {
            // A redriven job gets as many attempts again.
            jobs.setUnfinishedAttempts(job, 0);
            throw new SourceException(
                    "ingest-service ended " + crashes + " times while it decoded this source, before the"
                            + " first result; convert it to another format, or submit a smaller one");
        }
        boolean suspect = crashes > 0;
        if (suspect) {
            LOG.warnf(
                    "job %s: ingest-service ended %d times while it decoded the source; no other such source is decoded"
                            + " at the same time",
                    job, crashes);
            suspects.acquire();
        }
        try {
            jobs.setUnfinishedAttempts(job, crashes + 1);
        } catch (StoreException e) {
            release(suspect);
            throw e;
        }
        return new Attempt(job, suspect);
    }

    private void release(boolean suspect) {
        if (suspect) {
            suspects.release();
        }
    }

    /** One attempt to decode a source. For one thread. */
    final class Attempt implements AutoCloseable {
        private final String job;
        private final boolean suspect;
        private boolean ended;

        private Attempt(String job, boolean suspect) {
            this.job = job;
            this.suspect = suspect;
        }

        /** The process survived: the source has given a frame, or the attempt ended in any other way. */
        void survived() {
            if (ended) {
                return;
            }
            ended = true;
            release(suspect);
            try {
                jobs.setUnfinishedAttempts(job, 0);
            } catch (StoreException e) {
                LOG.debugf("job %s: its first success at decoding was not stored: %s", job, e.getMessage());
            }
        }

        @Override
        public void close() {
            survived();
        }
    }
}
