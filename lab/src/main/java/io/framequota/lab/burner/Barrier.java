package io.framequota.lab.burner;

import java.util.concurrent.atomic.AtomicInteger;

/** A reusable barrier for the threads of a pool. */
interface Barrier {
    /** Waits until all threads have arrived. */
    void await() throws InterruptedException;

    /** A barrier at which waiting threads spin or sleep. */
    static Barrier of(int threads, boolean spin) {
        return spin ? new Spinning(threads) : new Sleeping(threads);
    }

    /** Waiting threads spin. */
    final class Spinning implements Barrier {
        private final int threads;
        private final AtomicInteger arrived = new AtomicInteger();
        private volatile int round;

        Spinning(int threads) {
            this.threads = threads;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // Only the last one to come writes, while all others look.
        public void await() {
            int mine = round;
            if (arrived.incrementAndGet() == threads) {
                arrived.set(0);
                round = mine + 1;
            } else {
                while (round == mine) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** Waiting threads sleep until the last one wakes them. */
    final class Sleeping implements Barrier {
        private final int threads;
        private int arrived;
        private int round;

        Sleeping(int threads) {
            this.threads = threads;
        }

        @Override
        public synchronized void await() throws InterruptedException {
            int mine = round;
            if (++arrived == threads) {
                arrived = 0;
                round++;
                notifyAll();
            } else {
                while (round == mine) {
                    wait();
                }
            }
        }
    }
}
