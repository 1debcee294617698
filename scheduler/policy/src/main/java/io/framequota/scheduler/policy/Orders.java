package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Orders in which policies serve jobs. Each answer holds {@link Snapshot#active()} positions: where fewer jobs may be
 * active than there are, those that are placed keep their places and others come in only where one is free.
 */
final class Orders {
    /** First come, first served. */
    static int[] arrival(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int[] order = new int[snapshot.active()];
        int free = order.length == jobs.size() ? order.length : Math.max(0, order.length - placed(jobs));
        for (int job = 0, n = 0; n < order.length; job++) {
            if (order.length == jobs.size() || jobs.get(job).placed() || free-- > 0) {
                order[n++] = job;
            }
        }
        return order;
    }

    /** Those that have begun before those that have not, each by arrival. */
    static int[] placedFirst(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int[] order = new int[snapshot.active()];
        int begun = 0;
        int queued = placed(jobs);
        for (int job = 0; begun < order.length && job < jobs.size(); job++) {
            if (jobs.get(job).placed()) {
                order[begun++] = job;
            } else if (queued < order.length) {
                order[queued++] = job;
            }
        }
        return order;
    }

    /** Smallest key first, ties by arrival. Keys are not negative; infinite ones come last. */
    static int[] smallestFirst(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return new RankedJobs(snapshot, key).first(snapshot.active(), false);
    }

    /** The same, but those that have begun come before those that have not. */
    static int[] smallestFirstAfterPlaced(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return new RankedJobs(snapshot, key).first(snapshot.active(), true);
    }

    /**
     * Of all jobs in an order those that may be active: who is placed stays, the first of the others come in.
     *
     * @param ranked all jobs; overwritten
     * @param out by position whether a job does not count; none that is placed
     */
    static int[] resident(Snapshot snapshot, int[] ranked, boolean[] out) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int places = snapshot.active();
        int free = Math.max(0, places - placed(jobs));
        int n = 0;
        for (int r = 0; r < ranked.length && n < places; r++) {
            int job = ranked[r];
            if (jobs.get(job).placed() || !out[job] && free-- > 0) {
                ranked[n++] = job;
            }
        }
        return n == ranked.length ? ranked : Arrays.copyOf(ranked, n);
    }

    private static int placed(List<SnapshotJob> jobs) {
        int placed = 0;
        for (int job = 0; job < jobs.size(); job++) {
            placed += jobs.get(job).placed() ? 1 : 0;
        }
        return placed;
    }

    private Orders() {}
}
