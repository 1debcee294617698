package io.framequota.inference.pipeline;

import io.framequota.contract.control.Timings;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.frame.FrameCost;
import java.util.concurrent.atomic.LongAdder;

/** What a chunk cost and contained. Safe for use by several threads. */
final class ChunkStatistics extends FrameCost {
    private final LongAdder detections = new LongAdder();
    private final LongAdder failedFrames = new LongAdder();

    void count(ResultLine line) {
        detections.add(line.detections().size());
        if (line.error() != null) {
            failedFrames.increment();
        }
    }

    int detections() {
        return detections.intValue();
    }

    int failedFrames() {
        return failedFrames.intValue();
    }

    Timings timings() {
        return Timings.newBuilder()
                .setModelUs(modelMicros.sum())
                .setPreprocessUs(preprocessNanos.sum() / 1000)
                .setPostprocessUs(postprocessNanos.sum() / 1000)
                .setTransportUs(transportNanos.sum() / 1000)
                .setWaitUs(waitingNanos.sum() / 1000)
                .setDecodeUs(decodeNanos.sum() / 1000)
                .build();
    }
}
