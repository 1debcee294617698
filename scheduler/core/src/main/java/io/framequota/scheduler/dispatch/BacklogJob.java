package io.framequota.scheduler.dispatch;

import java.util.List;
import java.util.Set;

/**
 * A job as the authority describes it.
 *
 * @param spec what it is
 * @param chunks chunks written so far, all of them when {@code decoded}: open, dropped or committed
 * @param decoded no further chunk will come
 * @param open chunks written and not committed
 * @param dropped indices of chunks that are to be written once more
 * @param committedFrames frames of the committed ones
 * @param attemptsBase the next attempt's number is above this one; a redrive raises it
 */
public record BacklogJob(
        JobDescriptor spec,
        int chunks,
        boolean decoded,
        List<ChunkSpec> open,
        Set<Integer> dropped,
        long committedFrames,
        int attemptsBase) {
    public BacklogJob {
        open = List.copyOf(open);
        dropped = Set.copyOf(dropped);
    }

    /** A job without dropped chunks. */
    public BacklogJob(
            JobDescriptor spec,
            int chunks,
            boolean decoded,
            List<ChunkSpec> open,
            long committedFrames,
            int attemptsBase) {
        this(spec, chunks, decoded, open, Set.of(), committedFrames, attemptsBase);
    }

    /** A job of which nothing is decoded yet. */
    public static BacklogJob submitted(JobDescriptor spec) {
        return new BacklogJob(spec, 0, false, List.of(), 0, 0);
    }
}
