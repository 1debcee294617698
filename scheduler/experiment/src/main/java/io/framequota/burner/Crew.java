package io.framequota.burner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Threads that work on one job at a time. Those above the wished number wait; all of them wait without a job. */
final class Crew {
    /** Units that a thread takes at once: a quarter of a millisecond, so that taking costs next to nothing. */
    private static final int TAKEN = 8;

    private final Object lock = new Object();
    private final LongConsumer ended;
    private final List<Thread> threads = new ArrayList<>();
    private long job;
    private long left;
    private int working;
    private int wished = 1;

    /** Calls {@code ended} with a job's number when its last unit is done, from one of the threads. */
    Crew(LongConsumer ended) {
        this.ended = ended;
    }

    /** Begins a job; the one before has ended. */
    void begin(long number, long units, int threadCount) {
        synchronized (lock) {
            job = number;
            left = units;
            wish(threadCount);
        }
    }

    /** How many threads work from now on. */
    void wish(int threadCount) {
        synchronized (lock) {
            wished = threadCount;
            while (threads.size() < threadCount) {
                int index = threads.size();
                threads.add(Thread.ofPlatform().daemon().name("burn-" + index).start(() -> work(index)));
            }
            lock.notifyAll();
        }
    }

    private void work(int index) {
        for (int units = take(index); units > 0; units = take(index)) {
            Work.units(units);
            done();
        }
    }

    /** Waits for units to do; 0 when the thread shall end. */
    private int take(int index) {
        synchronized (lock) {
            while (left == 0 || index >= wished) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    return 0;
                }
            }
            int units = (int) Math.min(TAKEN, left);
            left -= units;
            working++;
            return units;
        }
    }

    private void done() {
        long finished;
        synchronized (lock) {
            working--;
            if (left > 0 || working > 0) {
                return;
            }
            finished = job;
        }
        ended.accept(finished);
    }
}
