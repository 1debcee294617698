package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.FrameKind;
import java.util.List;
import java.util.Map;

/**
 * A job that ran, with what was known of it at each moment. Times are seconds after the start of the run.
 *
 * @param model that it asked for
 * @param kind what its frames are like
 * @param labels as submitted
 * @param parallelism workers that it may hold at once
 * @param heardS when it came
 * @param known its length as it became known, in order of time
 * @param firstReadyS when its first chunk could be granted
 * @param lastReadyS when its last one could be
 * @param frames that it had, at least 1
 * @param chunks that it had, at least 1
 * @param sizeS CPU seconds of all of it
 * @param perFrameThenS what a frame of its model was taken to cost when it came, 0 when nobody knew
 */
public record RecordedJob(
        String model,
        FrameKind kind,
        Map<String, String> labels,
        int parallelism,
        double heardS,
        List<Known> known,
        double firstReadyS,
        double lastReadyS,
        long frames,
        int chunks,
        double sizeS,
        double perFrameThenS) {
    public RecordedJob {
        labels = Map.copyOf(labels);
        known = List.copyOf(known);
    }

    /** From a time on so many frames were expected, estimated or counted. */
    public record Known(double atS, long frames, boolean estimated) {}
}
