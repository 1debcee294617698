package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * A job as the authority describes it.
 *
 * @param spec what never changes
 * @param chunks chunks written so far, all of them when {@code decoded}
 * @param decoded no further chunk will come
 * @param open chunks written and not committed
 * @param committedFrames frames of the committed ones
 * @param attemptsBase the next attempt's number is above this one; a redrive raises it
 */
public record JobState(
        JobSpec spec, int chunks, boolean decoded, List<ChunkSpec> open, long committedFrames, int attemptsBase) {
    public JobState {
        open = List.copyOf(open);
    }

    /** A job of which nothing is decoded yet. */
    public static JobState submitted(JobSpec spec) {
        return new JobState(spec, 0, false, List.of(), 0, 0);
    }
}
