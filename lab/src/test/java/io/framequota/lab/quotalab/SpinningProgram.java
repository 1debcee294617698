package io.framequota.lab.quotalab;

import java.util.concurrent.atomic.AtomicInteger;

/** A program of which four threads meet after every millisecond of work, and spin until all are there. */
final class SpinningProgram {
    private static final int THREADS = 4;
    private static final int ROUNDS = 60;
    private static final int WORK = 300_000;

    private static volatile double sink;

    private SpinningProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        AtomicInteger arrived = new AtomicInteger();
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            threads[t] = new Thread(() -> {
                for (int round = 1; round <= ROUNDS; round++) {
                    double sum = 0;
                    for (int i = 1; i < WORK; i++) {
                        sum += 1.0 / i;
                    }
                    sink = sum;
                    arrived.incrementAndGet();
                    while (arrived.get() < round * THREADS) {
                        Thread.onSpinWait();
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
