package io.framequota.ingest.decode;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Native memory for decoding, shared by all sources that are open: each takes what it is estimated to need and waits, in
 * order of asking, until there is so much. For many threads.
 */
public final class DecodeMemoryBudget {
    /** Bytes are counted in units of this, so that a semaphore's permits reach far enough. */
    private static final int UNIT = 4096;

    private final Budget free;
    private final int units;

    /** @param bytes that may be taken together */
    public DecodeMemoryBudget(long bytes) {
        units = units(bytes);
        free = new Budget(units);
    }

    /**
     * Takes memory, waiting for it.
     *
     * @param name of the source, for the refusal
     * @throws SourceException when it is more than there will ever be
     * @throws CancellationException when interrupted while waiting; the thread stays interrupted
     */
    public Share take(long bytes, String name) throws SourceException {
        return take(wanted(bytes, name));
    }

    /**
     * The same ahead of those who wait, where there is so much: for little that is held for a moment only, which would else wait
     * as long as the largest of them.
     *
     * @param name of the source, for the refusal
     * @throws SourceException when it is more than there will ever be
     * @throws CancellationException when interrupted while waiting; the thread stays interrupted
     */
    public Share takeAhead(long bytes, String name) throws SourceException {
        int wanted = wanted(bytes, name);
        // Without a time limit a fair semaphore lets this pass its queue.
        return free.tryAcquire(wanted) ? new Share(wanted) : take(wanted);
    }

    private int wanted(long bytes, String name) throws SourceException {
        int wanted = units(bytes);
        if (wanted > units) {
            throw new SourceException(name + " needs about " + mebibytes(wanted) + " MiB to be decoded, more than "
                    + "FRAMEQUOTA_DECODE_MEMORY (" + mebibytes(units) + " MiB); use smaller pictures or raise it");
        }
        return wanted;
    }

    private Share take(int wanted) {
        try {
            free.acquire(wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for memory");
        }
        return new Share(wanted);
    }

    /** Bytes that are taken; more than the budget when sources grew on the way. */
    public long used() {
        return (long) (units - free.availablePermits()) * UNIT;
    }

    /** Bytes that may be taken together. */
    public long budget() {
        return (long) units * UNIT;
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, (Math.max(0, bytes) + UNIT - 1) / UNIT);
    }

    private static long mebibytes(int units) {
        return ((long) units * UNIT + (1 << 20) - 1) >> 20;
    }

    /** What one source has taken; for one thread at a time. */
    public final class Share implements AutoCloseable {
        private int held;

        private Share(int held) {
            this.held = held;
        }

        /** Takes up to so many bytes in all when there are so many at once. */
        public boolean tryGrow(long bytes) {
            int more = units(bytes) - held;
            if (more > 0 && !free.tryAcquire(more)) {
                return false;
            }
            held += Math.max(0, more);
            return true;
        }

        /** Notes that the source has come to use so many bytes in all; others wait until it is back below the budget. */
        public void grown(long bytes) {
            int more = units(bytes) - held;
            if (more > 0) {
                free.reducePermits(more);
                held += more;
            }
        }

        @Override
        public void close() {
            free.release(held);
            held = 0;
        }
    }

    private static final class Budget extends Semaphore {
        private static final long serialVersionUID = 1L;

        Budget(int permits) {
            super(permits, true);
        }

        @Override
        protected void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }
    }
}
