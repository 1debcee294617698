package io.framequota.scheduler.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What one worker may use.
 *
 * @param worker its name and process
 * @param ready whether its inference server answers; until then it loads and is not held back
 * @param cores requests its compute runs at once
 * @param busy whether it holds a grant
 * @param job whose share it uses: the one it is bound to, else the one it runs; null for neither
 * @param millicores exact part of that job's share; 0 while it is idle or its job has no share
 */
public record WorkerShare(
        WorkerId worker,
        boolean ready,
        int cores,
        boolean busy,
        @Nullable String job,
        double millicores) {
    /** Millicores of all of its cores. */
    public int full() {
        return 1000 * cores;
    }
}
