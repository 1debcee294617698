package io.framequota.inference.pipeline;

import io.framequota.contract.control.Timings;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.triton.Slot;
import java.util.concurrent.atomic.LongAdder;

/** What a chunk cost and brought. Times in nanoseconds of processor time where a thread was busy, of the clock for waiting. */
final class ChunkStatistics {
    final LongAdder modelUs = new LongAdder();
    final LongAdder preprocess = new LongAdder();
    final LongAdder postprocess = new LongAdder();
    final LongAdder transport = new LongAdder();
    final LongAdder waiting = new LongAdder();
    private final LongAdder detections = new LongAdder();
    private final LongAdder failedFrames = new LongAdder();
    private volatile String transportName = Slot.RAW;

    void line(ResultLine line) {
        detections.add(line.detections().size());
        if (line.error() != null) {
            failedFrames.increment();
        }
    }

    void transportName(String name) {
        transportName = name;
    }

    String transportName() {
        return transportName;
    }

    int detections() {
        return detections.intValue();
    }

    int failedFrames() {
        return failedFrames.intValue();
    }

    Timings timings() {
        return Timings.newBuilder()
                .setModelUs(modelUs.sum())
                .setPreprocessUs(preprocess.sum() / 1000)
                .setPostprocessUs(postprocess.sum() / 1000)
                .setTransportUs(transport.sum() / 1000)
                .setWaitUs(waiting.sum() / 1000)
                .build();
    }
}
