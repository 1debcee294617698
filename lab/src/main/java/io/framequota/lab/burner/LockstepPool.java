package io.framequota.lab.burner;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that share each small piece of a request and meet after it, as those within an operation of an inference engine do.
 * Of each piece one thread does a serial part first, while the others wait.
 *
 * @param pieces how many
 * @param serialUnits units of the serial part
 * @param partUnits units of each thread's part
 */
record LockstepPool(long pieces, int serialUnits, int partUnits) {
    /** Begins to serve; calls {@code ended} from one of the threads. */
    void serve(int threads, boolean spin, Runnable ended) {
        Barrier meeting = Barrier.of(threads, spin);
        AtomicInteger working = new AtomicInteger(threads);
        for (int i = 0; i < threads; i++) {
            boolean first = i == 0;
            Thread.ofPlatform().daemon().name("pool-" + i).start(() -> {
                try {
                    work(first, meeting);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (working.decrementAndGet() == 0) {
                    ended.run();
                }
            });
        }
    }

    private void work(boolean first, Barrier meeting) throws InterruptedException {
        for (long piece = 0; piece < pieces; piece++) {
            if (serialUnits > 0) {
                if (first) {
                    WorkUnit.units(serialUnits);
                }
                meeting.await();
            }
            WorkUnit.units(partUnits);
            meeting.await();
        }
    }
}
