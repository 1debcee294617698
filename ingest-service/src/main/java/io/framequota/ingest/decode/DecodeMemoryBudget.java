package io.framequota.ingest.decode;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * The native memory that all open sources may take together. Each source takes its estimated need and waits, in the order of asking,
 * until that much is free. Safe for use by many threads.
 */
public final class DecodeMemoryBudget {
    /** Bytes are counted in units of this size, so that the permits of a semaphore reach far enough. */
    private static final int UNIT = 4096;

    private final ReducibleSemaphore free;
    private final int units;

    /** @param bytes that all sources may take together */
    public DecodeMemoryBudget(long bytes) {
        units = units(bytes);
        free = new ReducibleSemaphore(units);
    }

    /**
     * Takes memory and waits until it is free.
     *
     * @param name of the source, for the error message
     * @throws SourceException when the whole budget is smaller
     * @throws CancellationException when interrupted while waiting; the thread stays interrupted
     */
    public Share take(long bytes, String name) throws SourceException {
        return take(checked(bytes, name));
    }

    /**
     * The same, but ahead of waiting sources when enough is free. For a small share that is held for a short time: it would otherwise
     * wait behind the largest source.
     *
     * @param name of the source, for the error message
     * @throws SourceException when the whole budget is smaller
     * @throws CancellationException when interrupted while waiting; the thread stays interrupted
     */
    public Share takeAhead(long bytes, String name) throws SourceException {
        int wanted = checked(bytes, name);
        // tryAcquire() without a timeout ignores the queue of a fair semaphore.
        return free.tryAcquire(wanted) ? new Share(wanted) : take(wanted);
    }

    private int checked(long bytes, String name) throws SourceException {
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

    /** Bytes that are taken; above {@link #total} when pictures became larger within a source. */
    public long used() {
        return (long) (units - free.availablePermits()) * UNIT;
    }

    /** Bytes that all sources may take together. */
    public long total() {
        return (long) units * UNIT;
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, (Math.max(0, bytes) + UNIT - 1) / UNIT);
    }

    private static long mebibytes(int units) {
        return ((long) units * UNIT + (1 << 20) - 1) >> 20;
    }

    /** The memory that one source has taken. For one thread at a time. */
    public final class Share implements AutoCloseable {
        private int held;

        private Share(int held) {
            this.held = held;
        }

        /** Grows the share to a size when enough is free now. */
        public boolean tryGrow(long bytes) {
            int more = units(bytes) - held;
            if (more > 0 && !free.tryAcquire(more)) {
                return false;
            }
            held += Math.max(0, more);
            return true;
        }

        /** Records that the source uses so many bytes by now, free or not; other sources wait until the total is respected. */
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

    private static final class ReducibleSemaphore extends Semaphore {
        private static final long serialVersionUID = 1L;

        ReducibleSemaphore(int permits) {
            super(permits, true);
        }

        @Override
        protected void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }
    }
}
