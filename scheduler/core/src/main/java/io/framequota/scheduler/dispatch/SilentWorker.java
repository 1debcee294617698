package io.framequota.scheduler.dispatch;

import java.util.List;

/**
 * A worker that became silent while it had work: its process died, unless it comes back.
 *
 * @param id its process
 * @param blamed the chunks against which the death counts
 * @param streams the streams that it inferred
 */
record SilentWorker(WorkerId id, List<Blame> blamed, List<TrackedStream> streams) {
    /** The deaths of a chunk before and after this one. */
    record Blame(TrackedChunk chunk, int before, int after) {
        GrantRef ref() {
            return new GrantRef(chunk.spec.job(), chunk.spec.index(), chunk.attempt);
        }
    }
}
