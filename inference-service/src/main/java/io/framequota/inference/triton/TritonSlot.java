package io.framequota.inference.triton;

import io.framequota.inference.model.ModelSpec;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A slot of a {@link TritonServer}. */
final class TritonSlot implements Slot {
    private final TritonServer server;
    private final RequestLimits limits;
    private final ModelSpec model;
    private final SlotPool.Lent lent;
    private volatile boolean doubtful;

    TritonSlot(TritonServer server, RequestLimits limits, ModelSpec model, SlotPool.Lent lent) {
        this.server = server;
        this.limits = limits;
        this.model = model;
        this.lent = lent;
    }

    @Override
    public MemorySegment input() {
        return lent.memory().input();
    }

    @Override
    public String transport() {
        return lent.memory() instanceof SlotMemory.Shared ? SHARED : RAW;
    }

    @Override
    public void send(long[] shape, Consumer<InferenceResult> whenDone) throws InterruptedException {
        server.send(limits, model, lent.memory(), shape, inference -> {
            // After a server that did not answer, nobody knows whether it still writes into the slot.
            doubtful = inference instanceof InferenceResult.ServerGone;
            whenDone.accept(inference);
        });
    }

    @Override
    public void release() {
        server.release(limits, lent, doubtful);
    }
}
