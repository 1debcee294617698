package io.framequota.scheduler.policy;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Orders in which policies serve jobs. Each order contains {@link Snapshot#active()} positions of
 * {@link Snapshot#jobs()}. If not all jobs may be active, placed jobs keep their places and queued jobs fill the free
 * ones.
 */
public final class JobOrders {
    /** First come, first served. */
    public static int[] arrival(Snapshot snapshot) {
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

    /** Placed jobs before queued jobs, each by arrival. */
    public static int[] placedFirst(Snapshot snapshot) {
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

    /** Smallest key first, ties by arrival. Keys must be at least 0; infinite keys come last. */
    public static int[] smallestFirst(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        int places = snapshot.active();
        return RankedJobs.of(snapshot, key, places == snapshot.jobs().size()).first(places, false);
    }

    /** Placed jobs before queued jobs, each with the smallest key first and ties by arrival. */
    public static int[] smallestFirstAfterPlaced(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return RankedJobs.of(snapshot, key, false).first(snapshot.active(), true);
    }

    private static int placed(List<SnapshotJob> jobs) {
        int placed = 0;
        for (int job = 0; job < jobs.size(); job++) {
            placed += jobs.get(job).placed() ? 1 : 0;
        }
        return placed;
    }

    private JobOrders() {}
}
