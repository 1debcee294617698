package io.framequota.e2e.simulation;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Makes a blocking thread part of a simulation: it and the simulation never run at the same time. */
final class Coroutine {
    private final Semaphore resumed = new Semaphore(0);
    private final Semaphore parked = new Semaphore(0);

    /** Called by the simulation: starts the thread and waits until it parks. */
    void begin(Runnable start) {
        start.run();
        awaitParked();
    }

    /** Called by the thread: lets the simulation go on until it resumes this thread. */
    void park() throws InterruptedException {
        parked.release();
        resumed.acquire();
    }

    /** Called by the simulation: lets the thread go on until it parks again. */
    void resume() {
        resumed.release();
        awaitParked();
    }

    private void awaitParked() {
        try {
            if (!parked.tryAcquire(60, TimeUnit.SECONDS)) {
                throw new AssertionError("a thread of the simulation ended or hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
