package io.framequota.lab.burner;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that share each piece of a request and wait for one another after it, as in an operation of an inference engine.
 * One thread does the serial part of each piece first, while the others wait.
 *
 * @param pieces number of pieces
 * @param serialUnits units of the serial part
 * @param partUnits units of each thread's part
 */
record BarrierWorkload(long pieces, int serialUnits, int partUnits) {
    /** Serves the request, and calls {@code ended} from one of the threads. */
    void serve(int threads, boolean spin, Runnable ended) {
        Barrier barrier = Barrier.of(threads, spin);
        AtomicInteger working = new AtomicInteger(threads);
        for (int i = 0; i < threads; i++) {
            boolean first = i == 0;
            Thread.ofPlatform().daemon().name("pool-" + i).start(() -> {
                try {
                    work(first, barrier);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (working.decrementAndGet() == 0) {
                    ended.run();
                }
            });
        }
    }

    private void work(boolean first, Barrier barrier) throws InterruptedException {
        for (long piece = 0; piece < pieces; piece++) {
            if (serialUnits > 0) {
                if (first) {
                    WorkUnit.units(serialUnits);
                }
                barrier.await();
            }
            WorkUnit.units(partUnits);
            barrier.await();
        }
    }
}
