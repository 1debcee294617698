package io.framequota.scheduler.controller.decide;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hands tasks to the one thread that changes scheduling state. May be called from any other thread. */
public interface LoopExecutor {
    /** Hands a task over; waits while too many wait. */
    void post(Runnable task);

    /**
     * Asks something and waits for the answer.
     *
     * @throws IllegalStateException when there is none in time
     */
    <T extends @Nullable Object> T ask(Supplier<T> question);
}
