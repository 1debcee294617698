package io.framequota.inference.pipeline;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.intake.Frame;
import java.util.List;

/** A frame that was read and waits to be sent to the model. */
record FrameWork(ChunkRun run, Frame frame) implements Stage.Work {
    ResultLine found(List<Detection> detections) {
        FrameMeta meta = frame.meta();
        return new ResultLine(meta.index(), meta.ptsMs(), detections, meta.stream(), null);
    }

    ResultLine failed(String cause) {
        FrameMeta meta = frame.meta();
        return new ResultLine(meta.index(), meta.ptsMs(), List.of(), meta.stream(), cause);
    }
}
