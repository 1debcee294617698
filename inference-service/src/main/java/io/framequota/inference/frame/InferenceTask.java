package io.framequota.inference.frame;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.Projection;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame to infer. It ends with one call of {@link #found}, {@link #refused} or {@link #failed}, unless it is not wanted any more. Safe
 * for use by several threads.
 */
public interface InferenceTask {
    Frame frame();

    ModelSpec model();

    /** The job to which it belongs. */
    String job();

    /** Whether somebody still waits for its result. */
    boolean wanted();

    /** Gets what the frame costs. */
    FrameCost cost();

    /** The model's answer, in pixels of the source picture. */
    void found(List<Detection> detections);

    /** This frame cannot be inferred; others may be. */
    void refused(String cause);

    /**
     * No frame of its chunk or stream can be inferred now.
     *
     * @param permanent whether that stays so
     */
    void failed(String cause, boolean permanent);

    /**
     * A frame's line.
     *
     * @param error why it has no detections, null when it was inferred
     */
    static ResultLine line(FrameMeta meta, List<Detection> detections, @Nullable String error) {
        // A 360° picture goes on behind its edges, so whoever follows an object needs to know where these are.
        boolean sized = meta.resized() || meta.projection() != Projection.FLAT;
        return new ResultLine(
                meta.index(),
                meta.ptsMs(),
                detections,
                meta.stream(),
                error,
                meta.damaged(),
                sized ? meta.sourceWidth() : 0,
                sized ? meta.sourceHeight() : 0,
                meta.file());
    }
}
