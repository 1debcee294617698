package io.framequota.media.archive;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * The heap that the lists of files of all open archives may take together. Whoever opens an archive waits, in the order of asking,
 * until there is room for its list. Safe for use by many threads.
 */
public final class ArchiveMemory {
    private static final int UNIT = 1024;
    private static final long LEAST_BYTES = 64L << 20;

    /** Of this process: a quarter of its heap, but room for the longest list at least. */
    public static final ArchiveMemory OF_PROCESS =
            new ArchiveMemory(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / 4));

    private final Reducible free;
    private final int units;
    private final List<Runnable> reclaimers = new CopyOnWriteArrayList<>();

    /** @param bytes that all lists may take together; an archive that needs more waits until it is the only one */
    public ArchiveMemory(long bytes) {
        units = units(bytes);
        free = new Reducible(units);
    }

    /** Has an action called before somebody waits: it closes archives that are open only because they may be needed again. */
    public void onShortage(Runnable reclaimer) {
        reclaimers.add(reclaimer);
    }

    /**
     * Takes memory and waits until it is free.
     *
     * @throws CancellationException when interrupted while waiting; the thread stays interrupted
     */
    Share take(long bytes) {
        int wanted = Math.min(units, units(bytes));
        if (!free.tryAcquire(wanted)) {
            reclaimers.forEach(Runnable::run);
            try {
                free.acquire(wanted);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for memory to open an archive");
            }
        }
        return new Share(wanted);
    }

    /** Takes memory, free or not; others wait until the total is respected. */
    Share takeAnyway(long bytes) {
        int wanted = units(bytes);
        free.reducePermits(wanted);
        return new Share(wanted);
    }

    /** Whether somebody waits. */
    public boolean isShort() {
        return free.hasQueuedThreads() || free.availablePermits() < 0;
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE / 2, (Math.max(0, bytes) + UNIT - 1) / UNIT);
    }

    /** What one archive has taken. */
    final class Share implements AutoCloseable {
        private int held;

        private Share(int held) {
            this.held = held;
        }

        @Override
        public synchronized void close() {
            free.release(held);
            held = 0;
        }
    }

    private static final class Reducible extends Semaphore {
        private static final long serialVersionUID = 1L;

        Reducible(int permits) {
            super(permits, true);
        }

        @Override
        protected void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }
    }
}
