package io.framequota.scheduler.dispatch;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of a job in the authority's backlog.
 *
 * @param descriptor the submitted job
 * @param chunks number of chunks written so far (open, dropped or committed); all of them if {@code decoded}
 * @param decoded whether no further chunk will come
 * @param open chunks that are written and not committed
 * @param dropped indices of chunks that must be written again
 * @param committedFrames frames of the committed chunks
 * @param attemptsBase the next attempt's number is above this number; a redrive raises it
 * @param deaths how often the process of a worker died with an open chunk, by the chunk's index; chunks without a death
 *     are not listed
 */
public record BacklogJob(
        JobDescriptor descriptor,
        int chunks,
        boolean decoded,
        List<ChunkSpec> open,
        Set<Integer> dropped,
        long committedFrames,
        int attemptsBase,
        Map<Integer, Integer> deaths) {
    public BacklogJob {
        open = List.copyOf(open);
        dropped = Set.copyOf(dropped);
        deaths = Map.copyOf(deaths);
    }

    /** A job with which no worker died. */
    public BacklogJob(
            JobDescriptor descriptor,
            int chunks,
            boolean decoded,
            List<ChunkSpec> open,
            Set<Integer> dropped,
            long committedFrames,
            int attemptsBase) {
        this(descriptor, chunks, decoded, open, dropped, committedFrames, attemptsBase, Map.of());
    }

    /** A job without dropped chunks. */
    public BacklogJob(
            JobDescriptor descriptor,
            int chunks,
            boolean decoded,
            List<ChunkSpec> open,
            long committedFrames,
            int attemptsBase) {
        this(descriptor, chunks, decoded, open, Set.of(), committedFrames, attemptsBase);
    }

    /** A job without chunks yet. */
    public static BacklogJob submitted(JobDescriptor descriptor) {
        return new BacklogJob(descriptor, 0, false, List.of(), 0, 0);
    }
}
