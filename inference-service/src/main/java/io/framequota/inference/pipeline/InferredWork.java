package io.framequota.inference.pipeline;

import io.framequota.inference.inference.Inference;
import io.framequota.inference.inference.Slot;
import io.framequota.inference.model.Picture;

/** A frame that came back from the model. Whoever handles it releases the slot. */
record InferredWork(FrameWork work, Picture picture, Slot slot, Inference inference) implements Stage.Work {
    @Override
    public ChunkRun run() {
        return work.run();
    }
}
