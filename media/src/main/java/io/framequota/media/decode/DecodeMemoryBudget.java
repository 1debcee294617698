package io.framequota.media.decode;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The native memory that all open sources may take together. Each source takes its estimated need and waits, in the order of asking,
 * until that much is free. Safe for use by many threads.
 */
public final class DecodeMemoryBudget {
    /** Bytes are counted in units of this size, so that the permits of a semaphore reach far enough. */
    private static final int UNIT = 4096;
    /** So often a waiting source looks at standing shares; it then goes to the end of those that wait. */
    private static final int STANDING_CHECK_SECONDS = 300;

    private final ReducibleSemaphore free;
    private final int units;
    /** Of standing shares. */
    private final AtomicInteger standing = new AtomicInteger();

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
        return take(checked(bytes, name), name);
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
        return free.tryAcquire(wanted) ? new Share(wanted, false) : take(wanted, name);
    }

    /** Records memory that is in use, as {@link Share#grown} does. For who holds another share: it must not wait, or two could deadlock. */
    public Share takeAnyway(long bytes) {
        Share share = new Share(0, false);
        share.grown(bytes);
        return share;
    }

    /**
     * Takes memory for a source that keeps it for an unknown time, such as a stream. Does not wait: what others hold for a short time may
     * be taken a second time until they give it back. Other sources never wait for memory that standing shares hold.
     *
     * @param name of the source, for the error message
     * @throws SourceException when standing shares would have more than three quarters of the budget
     */
    public Share takeStanding(long bytes, String name) throws SourceException {
        int wanted = units(bytes);
        int most = units - units / 4;
        if (standing.addAndGet(wanted) > most) {
            int others = standing.addAndGet(-wanted);
            throw new SourceException(name + " needs about " + mebibytes(wanted) + " MiB to be decoded; streams have "
                    + mebibytes(others) + " of at most " + mebibytes(most)
                    + " MiB already; add workers, or raise FRAMEQUOTA_DECODE_MEMORY");
        }
        free.reducePermits(wanted);
        return new Share(wanted, true);
    }

    private int checked(long bytes, String name) throws SourceException {
        int wanted = withinTotal(bytes, name);
        checkStanding(wanted, name);
        return wanted;
    }

    private int withinTotal(long bytes, String name) throws SourceException {
        int wanted = units(bytes);
        if (wanted > units) {
            throw new SourceException(name + " needs about " + mebibytes(wanted) + " MiB to be decoded, more than "
                    + "FRAMEQUOTA_DECODE_MEMORY (" + mebibytes(units) + " MiB); use smaller pictures or raise it");
        }
        return wanted;
    }

    private void checkStanding(int wanted, String name) throws SourceException {
        int held = standing.get();
        if (held > 0 && wanted > units - held) {
            throw new SourceException(name + " needs about " + mebibytes(wanted) + " MiB to be decoded; streams have "
                    + mebibytes(held) + " of " + mebibytes(units)
                    + " MiB; use smaller pictures or raise FRAMEQUOTA_DECODE_MEMORY");
        }
    }

    private Share take(int wanted, String name) throws SourceException {
        try {
            while (!free.tryAcquire(wanted, STANDING_CHECK_SECONDS, TimeUnit.SECONDS)) {
                // A stream that came in the meantime may keep what this source waits for.
                checkStanding(wanted, name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for memory");
        }
        return new Share(wanted, false);
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
        private final boolean lasting;
        private int held;

        private Share(int held, boolean lasting) {
            this.held = held;
            this.lasting = lasting;
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

        /**
         * Gives back what is held and takes another size, waiting for it, but not for ever: who waits here may hold something
         * else for which the holders of the memory wait. Then the memory is taken though it is not free.
         *
         * @param name of the source, for the error message
         * @param patience for which to wait
         * @throws SourceException when the whole budget is smaller; then nothing is held
         * @throws CancellationException when interrupted while waiting; the thread stays interrupted and nothing is held
         */
        public void exchange(long bytes, String name, Duration patience) throws SourceException {
            close();
            // Not refused for what streams keep: whether a picture can be read must not depend on what else runs.
            int wanted = withinTotal(bytes, name);
            try {
                if (!free.tryAcquire(wanted, patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    free.reducePermits(wanted);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for memory");
            }
            held = wanted;
        }

        /** Records that the source uses so many bytes by now, free or not; other sources wait until the total is respected. */
        public void grown(long bytes) {
            int more = units(bytes) - held;
            if (more > 0) {
                free.reducePermits(more);
                held += more;
                standing.addAndGet(lasting ? more : 0);
            }
        }

        @Override
        public void close() {
            free.release(held);
            standing.addAndGet(lasting ? -held : 0);
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
