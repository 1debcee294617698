package io.framequota.ingest.job.guard;

import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Counts, over restarts, how often this process ended while it probed, decoded or received a source without any progress of it.
 * Such a source is a suspect. Suspects are read one at a time, so that a source that crashes the process is not mistaken for another.
 * A mark costs two small writes to the database for each pass over a source.
 */
@Singleton
public final class ReadingGuard {
    private static final Logger LOG = Logger.getLogger(ReadingGuard.class);
    private static final int MAX_CRASHES = 3;

    private final JobStore jobs;
    private final Semaphore suspects = new Semaphore(1, true);
    /** Numbers of crashes that must still be written, by job. They are written before the next attempt of any job. */
    private final Map<String, Integer> unwritten = new ConcurrentHashMap<>();

    ReadingGuard(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * Refuses a job's source when this process ended too often while it read it. A redriven job gets as many attempts again.
     *
     * @throws SourceException one line for people
     * @throws StoreException when the number of earlier attempts cannot be read or written
     */
    public void check(String job) throws SourceException {
        crashes(job);
    }

    /**
     * Starts an attempt to read a job's source. A suspect waits until no other suspect is read.
     *
     * @throws SourceException as {@link #check}
     * @throws StoreException when the number of earlier attempts cannot be read or written
     */
    public Attempt begin(String job) throws SourceException, InterruptedException {
        return begin(job, Runnable::run);
    }

    /**
     * The same.
     *
     * @param writes where the attempt writes that its source was read safely
     */
    public Attempt begin(String job, Executor writes) throws SourceException, InterruptedException {
        int crashes = crashes(job);
        if (crashes > 0) {
            LOG.warnf(
                    "job %s: ingest-service ended %d times while it read the source; no other such source is read at the"
                            + " same time",
                    job, crashes);
        }
        Attempt attempt = new Attempt(job, crashes, writes);
        attempt.resume();
        return attempt;
    }

    private int crashes(String job) throws SourceException {
        unwritten.keySet().forEach(this::write);
        int crashes = jobs.unfinishedAttempts(job);
        if (crashes >= MAX_CRASHES) {
            jobs.setUnfinishedAttempts(job, 0);
            throw new SourceException("ingest-service ended " + crashes
                    + " times while it read this source; convert it to another format, or submit a smaller one");
        }
        return crashes;
    }

    /** Writes what must still be written of a job. */
    private void write(String job) {
        unwritten.computeIfPresent(job, (id, crashes) -> {
            jobs.setUnfinishedAttempts(id, crashes);
            return null;
        });
    }

    /** One attempt to read a source, by one thread; any thread may close it. */
    public final class Attempt implements AutoCloseable {
        private final String job;
        /** Earlier attempts that ended with the process. */
        private final int crashes;

        private final Executor writes;
        /** Whether the source may end the process now. */
        private boolean marked;

        private boolean survived;

        private Attempt(String job, int crashes, Executor writes) {
            this.job = job;
            this.crashes = crashes;
            this.writes = writes;
        }

        /** The source is read on after {@link #pause}. A suspect waits until no other suspect is read. */
        public void resume() throws InterruptedException {
            if (isSettled()) {
                return;
            }
            if (crashes > 0) {
                suspects.acquire();
            }
            boolean stored = false;
            try {
                write(job);
                jobs.setUnfinishedAttempts(job, crashes + 1);
                mark();
                stored = true;
            } finally {
                if (!stored) {
                    // It may be stored although the database did not say so.
                    unwritten.putIfAbsent(job, crashes);
                    if (crashes > 0) {
                        suspects.release();
                    }
                }
            }
        }

        private synchronized boolean isSettled() {
            return survived || marked;
        }

        private synchronized void mark() {
            marked = true;
        }

        /** The source is not read for a while: an end of the process is not its fault. */
        public synchronized void pause() {
            unmark(crashes);
        }

        /** The source has made progress: earlier ends of the process do not count any more. */
        public synchronized void survived() {
            unmark(0);
            survived = true;
        }

        private void unmark(int counted) {
            if (!marked) {
                return;
            }
            marked = false;
            if (crashes > 0) {
                suspects.release();
            }
            unwritten.put(job, counted);
            writes.execute(() -> {
                try {
                    write(job);
                } catch (StoreException e) {
                    LOG.debugf("job %s: that its source was read safely is stored later: %s", job, e.getMessage());
                }
            });
        }

        /** The attempt ended, but not with the process. */
        @Override
        public void close() {
            pause();
        }
    }
}
