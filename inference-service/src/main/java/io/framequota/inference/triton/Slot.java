package io.framequota.inference.triton;

import io.framequota.inference.model.ModelSpec;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Room for one picture and its answer, taken from {@link TritonServer#take}. A caller fills it, sends it, reads the answer and
 * releases it, in this order. It may pass from thread to thread; one thread uses it at a time.
 */
public final class Slot {
    /** Transport of a picture in memory that the server reads. */
    public static final String SHARED = "system-shared-memory";

    /** Transport of a picture inside the request. */
    public static final String RAW = "raw";

    private final TritonServer server;
    private final RequestLimits limits;
    private final ModelSpec model;
    private final SlotPool pool;
    private final SlotPool.Lent lent;
    private final long priority;
    private final boolean ofStream;
    private volatile boolean serverMayStillWrite;

    /**
     * @param priority of the request, 0 for none
     * @param ofStream whether the picture is a stream's
     */
    Slot(
            TritonServer server,
            RequestLimits limits,
            ModelSpec model,
            SlotPool pool,
            SlotPool.Lent lent,
            long priority,
            boolean ofStream) {
        this.server = server;
        this.limits = limits;
        this.model = model;
        this.pool = pool;
        this.lent = lent;
        this.priority = priority;
        this.ofStream = ofStream;
    }

    /** Memory for the picture, at least as long as requested. Its initial contents are undefined. */
    public MemorySegment input() {
        return lent.memory().input();
    }

    /** How the picture reaches the server: {@link #SHARED} or {@link #RAW}. */
    public String transport() {
        return lent.memory() instanceof SlotMemory.Shared ? SHARED : RAW;
    }

    /**
     * Sends the picture. Waits while the server has as many requests as it may have in flight. A server that is away for a short
     * time is waited for; the caller never sends again.
     *
     * @param shape of the picture, batch included
     * @param job whose share of the compute time it uses; a stream's picture waits for none
     * @param wanted whether the picture is still wanted while it waits for the share
     * @param whenDone called exactly once, on a thread that must not block
     * @return false if it was not sent because it is not wanted any more; {@code whenDone} is not called then
     * @throws InterruptedException when interrupted while waiting; {@code whenDone} is not called then
     */
    public boolean send(long[] shape, String job, BooleanSupplier wanted, Consumer<InferenceResult> whenDone)
            throws InterruptedException {
        return server.send(limits, model, lent.memory(), shape, priority, ofStream ? null : job, wanted, result -> {
            serverMayStillWrite =
                    result instanceof InferenceResult.ServerGone || result instanceof InferenceResult.Unanswered;
            whenDone.accept(result);
        });
    }

    /** Returns the slot to the pool. No request may be in flight. */
    public void release() {
        server.release(limits, pool, lent, serverMayStillWrite);
    }
}
