package io.framequota.inference.pipeline;

import io.framequota.contract.result.Detection;
import io.framequota.inference.inference.Inference;
import io.framequota.inference.postprocess.Postprocessor;
import java.util.List;

/** Postprocess: makes a frame's line of what the server answered. */
final class DecodeOutput implements Stage.Handler<InferredWork> {
    private final Postprocessor postprocessor = new Postprocessor();
    private final FrameEnds ends;

    DecodeOutput(FrameEnds ends) {
        this.ends = ends;
    }

    @Override
    public void handle(InferredWork inferred) {
        FrameWork work = inferred.work();
        ChunkRun run = work.run();
        try {
            switch (inferred.inference()) {
                case Inference.Answered answered -> {
                    run.tally.modelUs.add(answered.computeUs());
                    run.tally.waiting.add(answered.waitUs() * 1000);
                    if (run.wanted()) {
                        decode(inferred, answered);
                    }
                }
                case Inference.Refused refused -> ends.bury(work, refused.cause());
                case Inference.ServerGone gone -> run.fail(gone.cause(), false);
                case Inference.ModelGone gone -> run.fail(gone.cause(), true);
            }
        } finally {
            inferred.slot().release();
        }
    }

    private void decode(InferredWork inferred, Inference.Answered answered) {
        FrameWork work = inferred.work();
        ChunkRun run = work.run();
        long began = CpuClock.now();
        try {
            List<Detection> detections = postprocessor.detections(
                    run.model(), inferred.picture(), work.frame().meta(), answered.outputs());
            run.tally.postprocess.add(CpuClock.now() - began);
            ends.line(work, work.found(detections));
        } catch (IllegalArgumentException e) {
            // Its configuration promises what the model does not answer: every frame would end like this one.
            run.fail("model " + run.model().name() + ": " + e.getMessage(), true);
        }
    }
}
