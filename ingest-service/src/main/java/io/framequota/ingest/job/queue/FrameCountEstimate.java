package io.framequota.ingest.job.queue;

import io.framequota.contract.control.Probed;
import org.jspecify.annotations.Nullable;

/**
 * Corrects the number of frames of a source while the source is decoded: written frames are counted, and the rest follows from the
 * duration and the frame rate so far. For one thread.
 */
final class FrameCountEstimate {
    /** A new estimate is recorded when it differs by more than this part of the recorded one. */
    private static final double MIN_CHANGE = 0.05;

    private final int every;
    private @Nullable Probed recorded;
    private double startMs = Double.NaN;

    /**
     * @param every every which frame of the source is inferred
     * @param recorded what is recorded of the source so far, null for nothing
     */
    FrameCountEstimate(int every, @Nullable Probed recorded) {
        this.every = every;
        this.recorded = recorded;
    }

    /** What is recorded of the source so far, null for nothing. */
    @Nullable
    Probed recorded() {
        return recorded;
    }

    void setRecorded(Probed probed) {
        recorded = probed;
    }

    /**
     * Takes a written chunk into account.
     *
     * @param firstFrame source index of its first frame
     * @param frames number of its frames
     * @param firstPtsMs presentation time of its first frame
     * @return the better estimate that should be recorded, null when the recorded one still holds
     */
    @Nullable
    Probed onChunk(long firstFrame, int frames, double firstPtsMs) {
        Probed before = recorded;
        if (before == null) {
            return null;
        }
        if (Double.isNaN(startMs)) {
            startMs = firstPtsMs - (before.getFps() > 0 ? firstFrame * 1000 / before.getFps() : 0);
        }
        long counted = firstFrame / every + frames;
        long expected = Math.max(counted, expected(before, firstFrame, firstPtsMs - startMs));
        boolean known = before.getExpectedFrames() > 0 || before.getDurationMs() > 0;
        boolean differs = Math.abs(expected - before.getExpectedFrames()) > MIN_CHANGE * before.getExpectedFrames();
        if (!known || !differs && counted <= before.getExpectedFrames()) {
            return null;
        }
        return before.toBuilder().setExpectedFrames(expected).setEstimated(true).build();
    }

    private long expected(Probed before, long firstFrame, double elapsedMs) {
        if (!before.getEstimated() || before.getDurationMs() <= 0 || firstFrame == 0 || !(elapsedMs > 0)) {
            return before.getExpectedFrames();
        }
        return (long) Math.ceil(before.getDurationMs() * firstFrame / elapsedMs / every);
    }
}
