package io.framequota.inference.live;

import io.framequota.contract.result.Detection;
import io.framequota.inference.frame.FrameCost;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.ModelSpec;
import java.util.List;

/**
 * A stream's frame that waits for inference or is being inferred.
 *
 * @param sinceNanos when it was decoded
 */
record StreamFrame(StreamRun run, Frame frame, ModelSpec model, long sinceNanos) implements InferenceTask {
    @Override
    public String job() {
        return run.job();
    }

    @Override
    public boolean wanted() {
        return run.isOpen();
    }

    @Override
    public FrameCost cost() {
        return run.cost();
    }

    @Override
    public void found(List<Detection> detections) {
        run.inferred(this, detections);
    }

    @Override
    public void refused(String cause) {
        run.notInferred(this, cause);
    }

    @Override
    public void failed(String cause, boolean permanent) {
        run.modelFailed(cause);
        run.notInferred(this, cause);
    }
}
