package io.framequota.lab.burner;

import java.util.concurrent.atomic.AtomicInteger;

/** Where the threads of a pool wait for one another; used again for each piece of work. */
interface Barrier {
    /** Returns when all of them have come. */
    void await() throws InterruptedException;

    /** Of so many threads, whose waiting either burns its core or leaves it. */
    static Barrier of(int threads, boolean spin) {
        return spin ? new Spinning(threads) : new Sleeping(threads);
    }

    /** The first ones look again and again. */
    final class Spinning implements Barrier {
        private final int threads;
        private final AtomicInteger here = new AtomicInteger();
        private volatile int round;

        Spinning(int threads) {
            this.threads = threads;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // Only the last one to come writes, while all others look.
        public void await() {
            int mine = round;
            if (here.incrementAndGet() == threads) {
                here.set(0);
                round = mine + 1;
            } else {
                while (round == mine) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** The first ones sleep until the last one wakes them. */
    final class Sleeping implements Barrier {
        private final int threads;
        private int here;
        private int round;

        Sleeping(int threads) {
            this.threads = threads;
        }

        @Override
        public synchronized void await() throws InterruptedException {
            int mine = round;
            if (++here == threads) {
                here = 0;
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
