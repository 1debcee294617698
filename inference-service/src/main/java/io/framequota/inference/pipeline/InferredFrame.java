package io.framequota.inference.pipeline;

import io.framequota.inference.model.InputSize;
import io.framequota.inference.triton.InferenceResult;
import io.framequota.inference.triton.Slot;

/** A frame with the server's answer. Its handler releases the slot. */
record InferredFrame(PendingFrame pending, InputSize size, Slot slot, InferenceResult result) implements Stage.Work {
    @Override
    public ChunkRun run() {
        return pending.run();
    }
}
