package io.framequota.scheduler.controller.decide;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs tasks on the thread that changes scheduling state. May be called from any other thread. */
public interface LoopExecutor {
    /** Queues a task; blocks while the queue is full. */
    void post(Runnable task);

    /**
     * Runs a query on the thread and waits for its result.
     *
     * @throws IllegalStateException if there is none in time
     */
    <T extends @Nullable Object> T ask(Supplier<T> query);
}
