package io.framequota.ingest.job.queue;

import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Counts the times that this process died while a source was decoded that had not yet given a chunk, over restarts. Such a
 * source is suspect: suspects are decoded one at a time, so that the one that kills is found and no other is blamed for it.
 */
final class DecodeCrashGuard {
    private static final Logger LOG = Logger.getLogger(DecodeCrashGuard.class);
    private static final int MOST = 3;

    private final JobStore jobs;
    private final Semaphore suspects = new Semaphore(1, true);

    DecodeCrashGuard(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * Begins to decode a job, waiting where it and another are suspect.
     *
     * @throws SourceException when this process died over it too often
     * @throws StoreException when that is not known
     */
    Attempt begin(String job) throws SourceException, InterruptedException {
        int died = jobs.unproven(job);
        if (died >= MOST) {
            // Whoever redrives the job may try as often again.
            jobs.unproven(job, 0);
            throw new SourceException("ingest-service ended " + died + " times while it decoded this source, before the"
                    + " first result; convert it to another format, or submit a smaller one");
        }
        boolean suspect = died > 0;
        if (suspect) {
            LOG.warnf("job %s: ingest-service ended %d times while its source was decoded; decoded apart", job, died);
            suspects.acquire();
        }
        try {
            jobs.unproven(job, died + 1);
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

    /** One pass over a source; for one thread. */
    final class Attempt implements AutoCloseable {
        private final String job;
        private final boolean suspect;
        private boolean proven;

        private Attempt(String job, boolean suspect) {
            this.job = job;
            this.suspect = suspect;
        }

        /** The source has given something, or this pass has come to an end of any kind. */
        void proven() {
            if (proven) {
                return;
            }
            proven = true;
            release(suspect);
            try {
                jobs.unproven(job, 0);
            } catch (StoreException e) {
                LOG.debugf("job %s: that its source can be decoded was not kept: %s", job, e.getMessage());
            }
        }

        @Override
        public void close() {
            proven();
        }
    }
}
