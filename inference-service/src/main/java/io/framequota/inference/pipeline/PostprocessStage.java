package io.framequota.inference.pipeline;

import io.framequota.contract.result.Detection;
import io.framequota.inference.postprocess.Postprocessor;
import io.framequota.inference.triton.InferenceResult;
import java.util.List;

/** Turns the server's answer to a frame into the frame's result line. */
final class PostprocessStage implements Stage.Handler<InferredFrame> {
    private final Postprocessor postprocessor = new Postprocessor();
    private final FrameCompletion completion;

    PostprocessStage(FrameCompletion completion) {
        this.completion = completion;
    }

    @Override
    public void handle(InferredFrame inferred) {
        ChunkRun run = inferred.run();
        try {
            switch (inferred.result()) {
                case InferenceResult.Answered answered -> {
                    run.statistics.modelMicros.add(answered.computeUs());
                    run.statistics.waitingNanos.add(answered.waitUs() * 1000);
                    if (run.isOpen()) {
                        decode(inferred, answered);
                    }
                }
                case InferenceResult.Refused refused -> completion.fail(inferred.pending(), refused.cause());
                case InferenceResult.ServerGone gone -> run.fail(gone.cause(), false);
                case InferenceResult.ModelGone gone -> run.fail(gone.cause(), true);
            }
        } finally {
            inferred.slot().release();
        }
    }

    private void decode(InferredFrame inferred, InferenceResult.Answered answered) {
        PendingFrame pending = inferred.pending();
        ChunkRun run = inferred.run();
        long began = ThreadCpuClock.now();
        try {
            List<Detection> detections = postprocessor.detections(
                    run.model(), inferred.size(), pending.frame().meta(), answered.outputs());
            run.statistics.postprocessNanos.add(ThreadCpuClock.now() - began);
            completion.complete(pending, pending.succeeded(detections));
        } catch (IllegalArgumentException e) {
            // The model's outputs contradict its configuration, so every other frame would fail in the same way.
            run.fail("model " + run.model().name() + ": " + e.getMessage(), true);
        }
    }
}
