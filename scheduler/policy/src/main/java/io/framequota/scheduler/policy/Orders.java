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
        return resident(snapshot, everyone(snapshot));
    }

    /** Those that have begun before those that have not, each by arrival. */
    static int[] placedFirst(Snapshot snapshot) {
        return resident(snapshot, placedFirst(snapshot, everyone(snapshot)));
    }

    /** Smallest key first, ties by arrival. Keys are not negative; infinite ones come last. */
    static int[] smallestFirst(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return resident(snapshot, ranked(snapshot, key));
    }

    /** The same, but those that have begun come before those that have not. */
    static int[] smallestFirstAfterPlaced(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return resident(snapshot, placedFirst(snapshot, ranked(snapshot, key)));
    }

    /** Every job, whether or not there is a place for it, smallest key first. */
    static int[] everyone(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        return ranked(snapshot, key);
    }

    private static int[] everyone(Snapshot snapshot) {
        int[] all = new int[snapshot.jobs().size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private static int[] ranked(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, jobs.size() - 1));
        long mask = (1L << bits) - 1;
        // Key above position in one long: a primitive sort, and ties come out by arrival. Positive doubles sort as
        // their
        // bits do; what the position covers is below a billionth of the key.
        long[] keys = new long[jobs.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Double.doubleToRawLongBits(key.applyAsDouble(jobs.get(i)) + 0.0) & ~mask | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = (int) (keys[i] & mask);
        }
        return order;
    }

    private static int[] placedFirst(Snapshot snapshot, int[] ranked) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int[] order = new int[ranked.length];
        int n = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int job : ranked) {
                if (jobs.get(job).placed() == (pass == 0)) {
                    order[n++] = job;
                }
            }
        }
        return order;
    }

    private static int[] resident(Snapshot snapshot, int[] ranked) {
        int places = snapshot.active();
        if (places == ranked.length) {
            return ranked;
        }
        List<SnapshotJob> jobs = snapshot.jobs();
        int placed = 0;
        for (SnapshotJob job : jobs) {
            placed += job.placed() ? 1 : 0;
        }
        int free = Math.max(0, places - placed);
        int[] order = new int[places];
        int n = 0;
        for (int i = 0; i < ranked.length && n < places; i++) {
            if (jobs.get(ranked[i]).placed()) {
                order[n++] = ranked[i];
            } else if (free > 0) {
                free--;
                order[n++] = ranked[i];
            }
        }
        return order;
    }

    private Orders() {}
}
