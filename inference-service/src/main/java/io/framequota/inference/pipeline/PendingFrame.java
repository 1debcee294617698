package io.framequota.inference.pipeline;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.intake.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frame that was read and has no result line yet. */
record PendingFrame(ChunkRun run, Frame frame) implements Stage.Work {
    ResultLine succeeded(List<Detection> detections) {
        return line(detections, null);
    }

    ResultLine failed(String cause) {
        return line(List.of(), cause);
    }

    private ResultLine line(List<Detection> detections, @Nullable String error) {
        FrameMeta meta = frame.meta();
        return new ResultLine(
                meta.index(),
                meta.ptsMs(),
                detections,
                meta.stream(),
                error,
                meta.damaged(),
                meta.resized() ? meta.sourceWidth() : 0,
                meta.resized() ? meta.sourceHeight() : 0);
    }
}
