package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.FrameFormat;
import java.util.List;
import java.util.Map;

/**
 * A past job with what was known about it at each moment. Times are seconds after the start of the run.
 *
 * @param model name of its model
 * @param format the format of its frames
 * @param labels labels as submitted
 * @param parallelism workers that it can use at once
 * @param heardS time of arrival
 * @param known its length over time, as it became known
 * @param firstReadyS when its first chunk could be granted
 * @param lastReadyS when its last chunk could be granted
 * @param frames number of frames, at least 1
 * @param chunks number of chunks, at least 1
 * @param sizeS total CPU seconds
 * @param perFrameThenS estimated CPU seconds per frame at its arrival, 0 if unknown
 */
public record RecordedJob(
        String model,
        FrameFormat format,
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

    /** From {@code atS} on, so many frames were expected. */
    public record Known(double atS, long frames, boolean estimated) {}
}
