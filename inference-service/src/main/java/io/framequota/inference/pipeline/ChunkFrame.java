package io.framequota.inference.pipeline;

import io.framequota.contract.result.Detection;
import io.framequota.inference.frame.FrameCost;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.ModelSpec;
import java.util.List;

/** A chunk's frame that is being inferred. */
record ChunkFrame(PendingFrame pending, FrameCompletion completion) implements InferenceTask {
    ChunkRun run() {
        return pending.run();
    }

    @Override
    public Frame frame() {
        return pending.frame();
    }

    @Override
    public ModelSpec model() {
        return run().model();
    }

    @Override
    public String job() {
        return run().grant.getChunk().getJob();
    }

    @Override
    public boolean wanted() {
        return run().isOpen();
    }

    @Override
    public FrameCost cost() {
        return run().statistics;
    }

    @Override
    public void found(List<Detection> detections) {
        completion.complete(pending, InferenceTask.line(frame().meta(), detections, null));
    }

    @Override
    public void refused(String cause) {
        completion.fail(pending, cause);
    }

    @Override
    public void failed(String cause, boolean permanent) {
        run().fail(cause, permanent);
    }
}
