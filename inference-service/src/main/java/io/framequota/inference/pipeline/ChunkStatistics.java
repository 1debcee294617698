package io.framequota.inference.pipeline;

import io.framequota.contract.control.Timings;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.triton.Slot;
import java.util.concurrent.atomic.LongAdder;

/** What a chunk cost and contained. Work is measured in CPU time, waiting in wall-clock time. Safe for use by several threads. */
final class ChunkStatistics {
    final LongAdder modelMicros = new LongAdder();
    final LongAdder preprocessNanos = new LongAdder();
    final LongAdder postprocessNanos = new LongAdder();
    final LongAdder transportNanos = new LongAdder();
    final LongAdder waitingNanos = new LongAdder();
    private final LongAdder detections = new LongAdder();
    private final LongAdder failedFrames = new LongAdder();
    private volatile String transport = Slot.RAW;

    void count(ResultLine line) {
        detections.add(line.detections().size());
        if (line.error() != null) {
            failedFrames.increment();
        }
    }

    /** Notes how the last frame reached the server. */
    void transport(String name) {
        transport = name;
    }

    String transport() {
        return transport;
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
                .build();
    }
}
