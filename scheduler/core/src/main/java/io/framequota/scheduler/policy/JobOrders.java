package io.framequota.scheduler.policy;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Orders in which policies serve jobs. Each answer holds {@link Snapshot#active()} positions: where fewer jobs may be
 * active than there are, those that are placed keep their places and others come in only where one is free.
 */
final class JobOrders {
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
        int places = snapshot.active();
        return RankedJobs.of(snapshot, key, places == snapshot.jobs().size()).first(places, false);
    }

    /** The same, but those that have begun come before those that have not. */
    static int[] smallestFirstAfterPlaced(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
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
