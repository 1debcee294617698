package io.framequota.inference.pipeline;

import io.framequota.contract.result.Detection;
import io.framequota.inference.postprocess.Postprocessor;
import io.framequota.inference.triton.InferenceResult;
import java.util.List;

/** Postprocess: makes a frame's line of what the server answered. */
final class PostprocessStage implements Stage.Handler<InferredFrame> {
    private final Postprocessor postprocessor = new Postprocessor();
    private final FrameCompletion ends;

    PostprocessStage(FrameCompletion ends) {
        this.ends = ends;
    }

    @Override
    public void handle(InferredFrame inferred) {
        PendingFrame work = inferred.work();
        ChunkRun run = work.run();
        try {
            switch (inferred.inference()) {
                case InferenceResult.Answered answered -> {
                    run.tally.modelUs.add(answered.computeUs());
                    run.tally.waiting.add(answered.waitUs() * 1000);
                    if (run.wanted()) {
                        decode(inferred, answered);
                    }
                }
                case InferenceResult.Refused refused -> ends.bury(work, refused.cause());
                case InferenceResult.ServerGone gone -> run.fail(gone.cause(), false);
                case InferenceResult.ModelGone gone -> run.fail(gone.cause(), true);
            }
        } finally {
            inferred.slot().release();
        }
    }

    private void decode(InferredFrame inferred, InferenceResult.Answered answered) {
        PendingFrame work = inferred.work();
        ChunkRun run = work.run();
        long began = ThreadCpuClock.now();
        try {
            List<Detection> detections = postprocessor.detections(
                    run.model(), inferred.picture(), work.frame().meta(), answered.outputs());
            run.tally.postprocess.add(ThreadCpuClock.now() - began);
            ends.line(work, work.found(detections));
        } catch (IllegalArgumentException e) {
            // Its configuration promises what the model does not answer: every frame would end like this one.
            run.fail("model " + run.model().name() + ": " + e.getMessage(), true);
        }
    }
}
