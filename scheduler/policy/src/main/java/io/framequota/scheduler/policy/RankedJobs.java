package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Jobs by a key, smallest first, ties by arrival. Sorts no more of them than are asked for. For one use.
 *
 * <p>A job is one long, its key above its position: a primitive array sorts fast, and ties come out by arrival. Doubles that
 * are not negative sort as their bits do; what the position covers is below a billionth of the key.
 */
final class RankedJobs {
    /** Below this fraction of all, selecting costs less than sorting. */
    private static final int FEW = 8;

    private final long[] keys;
    private final long mask;
    /** Jobs that have begun: they stand before the others. */
    private final int placed;

    /** @param key not negative; infinite ones come last */
    RankedJobs(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int size = jobs.size();
        mask = (1L << Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, size - 1))) - 1;
        keys = new long[size];
        int front = 0;
        int back = size;
        for (int i = 0; i < size; i++) {
            SnapshotJob job = jobs.get(i);
            long ranked = Double.doubleToRawLongBits(key.applyAsDouble(job) + 0.0) & ~mask | i;
            keys[job.placed() ? front++ : --back] = ranked;
        }
        placed = front;
    }

    /**
     * Positions of the jobs that may be active: those placed stay, and of the others the first ones come in.
     *
     * @param places how many, at most as many as there are jobs
     * @param placedFirst whether those that have begun come before the others, whatever their keys
     */
    int[] first(int places, boolean placedFirst) {
        int queued = Math.min(keys.length - placed, Math.max(0, places - placed));
        int end = placed + queued;
        if (placedFirst) {
            Arrays.sort(keys, 0, placed);
            select(placed, queued);
            Arrays.sort(keys, placed, end);
        } else {
            select(placed, queued);
            Arrays.sort(keys, 0, end);
        }
        int[] order = new int[places];
        for (int i = 0; i < places; i++) {
            order[i] = (int) (keys[i] & mask);
        }
        return order;
    }

    /** Every job, whether or not there is a place for it. */
    int[] all() {
        return first(keys.length, false);
    }

    /** Moves the {@code count} smallest of those from {@code from} on to the front of them, in any order. */
    private void select(int from, int count) {
        int others = keys.length - from;
        if (count == 0 || count == others) {
            return;
        }
        if (count > others / FEW) {
            Arrays.sort(keys, from, keys.length);
            return;
        }
        // A heap with the largest of the chosen on top, which the next smaller one replaces: never worse than n log
        // count.
        for (int root = count / 2 - 1; root >= 0; root--) {
            sink(from, count, root);
        }
        for (int i = from + count; i < keys.length; i++) {
            if (keys[i] < keys[from]) {
                keys[from] = keys[i];
                sink(from, count, 0);
            }
        }
    }

    private void sink(int from, int count, int root) {
        long value = keys[from + root];
        int hole = root;
        for (int child = 2 * hole + 1; child < count; child = 2 * hole + 1) {
            child += child + 1 < count && keys[from + child + 1] > keys[from + child] ? 1 : 0;
            if (keys[from + child] <= value) {
                break;
            }
            keys[from + hole] = keys[from + child];
            hole = child;
        }
        keys[from + hole] = value;
    }
}
