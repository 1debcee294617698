package io.framequota.inference.pipeline;

import io.framequota.inference.model.InputSize;
import io.framequota.inference.triton.InferenceResult;
import io.framequota.inference.triton.Slot;

/** A frame that came back from the model. Whoever handles it releases the slot. */
record InferredFrame(PendingFrame work, InputSize picture, Slot slot, InferenceResult inference) implements Stage.Work {
    @Override
    public ChunkRun run() {
        return work.run();
    }
}
