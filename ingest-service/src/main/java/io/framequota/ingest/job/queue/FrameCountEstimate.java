package io.framequota.ingest.job.queue;

import io.framequota.contract.control.Probed;
import org.jspecify.annotations.Nullable;

/**
 * How many frames a source has, corrected while it is decoded: what is written so far is counted, the rest follows from the
 * duration and the frame rate seen so far. For one pass and its thread.
 */
final class FrameCountEstimate {
    /** A difference below this part of what was told is not told. */
    private static final double WORTH_TELLING = 0.05;

    private final int every;
    private @Nullable Probed told;
    private double startMs = Double.NaN;

    /**
     * @param every of the job: frames to infer are every so many of the source's
     * @param known what was told so far, null for nothing
     */
    FrameCountEstimate(int every, @Nullable Probed known) {
        this.every = every;
        this.told = known;
    }

    /** What was told so far, null for nothing. */
    @Nullable
    Probed known() {
        return told;
    }

    /** This was told. */
    void told(Probed probed) {
        told = probed;
    }

    /**
     * A chunk was written.
     *
     * @param firstFrame source index of its first frame
     * @param frames to infer in it
     * @param firstPtsMs time of its first frame
     * @return what is better known now and should be told, null when what was told still holds
     */
    @Nullable
    Probed written(long firstFrame, int frames, double firstPtsMs) {
        Probed before = told;
        if (before == null) {
            return null;
        }
        if (Double.isNaN(startMs)) {
            startMs = firstPtsMs - (before.getFps() > 0 ? firstFrame * 1000 / before.getFps() : 0);
        }
        long counted = firstFrame / every + frames;
        long expected = Math.max(counted, expected(before, firstFrame, firstPtsMs - startMs));
        boolean known = before.getExpectedFrames() > 0 || before.getDurationMs() > 0;
        boolean differs = Math.abs(expected - before.getExpectedFrames()) > WORTH_TELLING * before.getExpectedFrames();
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
