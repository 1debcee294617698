package io.framequota.lab.burner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/**
 * Threads that work on one job at a time. Only the requested number of threads work. A job with a serial part is divided
 * into pieces: one thread does the serial part of a piece first, while the others wait.
 */
final class ForkJoinWork {
    /** Units that a thread takes at once, a quarter of a millisecond, so that the lock costs little. */
    private static final int TAKEN = 8;

    /** Units between two serial parts, about 20 ms, so that waiting costs little. */
    private static final int PIECE = 640;

    private final Object lock = new Object();
    private final LongConsumer ended;
    private final IntConsumer work;
    private final List<Thread> threads = new ArrayList<>();
    private long job;
    private long left;
    /** Units of the current piece that any thread may take. */
    private long pieceLeft;

    private int working;
    private int wanted = 1;
    /** Serial part of a piece in thousandths. */
    private int serial;

    /** Whether a thread does the serial part now. */
    private boolean alone;

    /** Calls {@code ended} with the job's number after its last unit, from one of the threads. */
    ForkJoinWork(LongConsumer ended) {
        this(ended, WorkUnit::units);
    }

    /** Uses other work, for tests. */
    ForkJoinWork(LongConsumer ended, IntConsumer work) {
        this.ended = ended;
        this.work = work;
    }

    /** Begins a job. The previous job must have ended. */
    void begin(long number, long units, int threadCount, int serialThousandths) {
        synchronized (lock) {
            job = number;
            left = units;
            pieceLeft = 0;
            setThreads(threadCount, serialThousandths);
        }
    }

    /** Sets the number of threads immediately, and the serial part from the next piece. */
    void setThreads(int threadCount, int serialThousandths) {
        synchronized (lock) {
            wanted = threadCount;
            if (serial != serialThousandths) {
                serial = serialThousandths;
                // Without a serial part, the piece is the whole job, so the rest of it is divided again.
                pieceLeft = 0;
            }
            while (threads.size() < threadCount) {
                int index = threads.size();
                threads.add(Thread.ofPlatform().daemon().name("burn-" + index).start(() -> work(index)));
            }
            lock.notifyAll();
        }
    }

    private void work(int index) {
        for (int units = take(index); units > 0; units = take(index)) {
            work.accept(units);
            done();
        }
    }

    /** Waits for units to do. Returns 0 if the thread must end. */
    private int take(int index) {
        synchronized (lock) {
            int units = index < wanted ? next() : 0;
            while (units == 0) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    return 0;
                }
                units = index < wanted ? next() : 0;
            }
            left -= units;
            working++;
            return units;
        }
    }

    /** Takes the units that a thread may begin now. */
    private int next() {
        if (left == 0 || alone || pieceLeft == 0 && working > 0) {
            return 0;
        }
        if (pieceLeft == 0) {
            long piece = serial == 0 ? left : Math.min(PIECE, left);
            int first = (int) Math.round(piece * serial / 1000.0);
            pieceLeft = piece - first;
            if (first > 0) {
                alone = true;
                return first;
            }
        }
        int units = (int) Math.min(TAKEN, pieceLeft);
        pieceLeft -= units;
        return units;
    }

    private void done() {
        long finished;
        synchronized (lock) {
            working--;
            if (alone || left > 0 && pieceLeft == 0 && working == 0) {
                alone = false;
                lock.notifyAll();
            }
            if (left > 0 || working > 0) {
                return;
            }
            finished = job;
        }
        ended.accept(finished);
    }
}
