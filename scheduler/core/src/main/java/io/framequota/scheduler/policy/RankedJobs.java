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
public final class RankedJobs {
    /** Below this fraction of all, selecting costs less than sorting. */
    private static final int FEW = 8;
    /** From so many on, sorting by digits costs less than comparing. */
    private static final int MANY = 2048;
    /**
     * Jobs lie anywhere in memory. Looking at so many before anything is computed from the first of them lets the processor
     * fetch them side by side: where a key takes long to compute, that was measured to halve the time of a decision.
     */
    private static final int NEAR = 64;

    /** Those that stay from the front on, the others from the end on. */
    private final long[] keys;

    private final long mask;
    private int placed;
    private int back;
    /** Whether those that stay were added in order. */
    private boolean ascending = true;

    /** Nobody yet, of so many jobs. */
    public RankedJobs(int jobs) {
        mask = (1L << Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, jobs - 1))) - 1;
        keys = new long[jobs];
        back = jobs;
    }

    /**
     * Every job of a snapshot.
     *
     * @param everybodyStays whether also those have a place that have not begun
     */
    static RankedJobs of(Snapshot snapshot, ToDoubleFunction<SnapshotJob> key, boolean everybodyStays) {
        List<SnapshotJob> jobs = snapshot.jobs();
        RankedJobs ranked = new RankedJobs(jobs.size());
        SnapshotJob[] near = new SnapshotJob[NEAR];
        // Only written: a read of each job that nobody waits for.
        double[] sizes = new double[NEAR];
        for (int from = 0; from < jobs.size(); from += NEAR) {
            int to = Math.min(from + NEAR, jobs.size());
            for (int i = from; i < to; i++) {
                near[i - from] = jobs.get(i);
                sizes[i - from] = near[i - from].sizeS();
            }
            for (int i = from; i < to; i++) {
                SnapshotJob job = near[i - from];
                ranked.add(i, key.applyAsDouble(job), everybodyStays || job.placed());
            }
        }
        return ranked;
    }

    /**
     * One more job, behind those that came before it.
     *
     * @param key not negative; infinite ones come last
     * @param stays whether it has its place already
     */
    public void add(int position, double key, boolean stays) {
        long ranked = Double.doubleToRawLongBits(key + 0.0) & ~mask | position;
        if (stays) {
            ascending &= placed == 0 || keys[placed - 1] < ranked;
            keys[placed++] = ranked;
        } else {
            keys[--back] = ranked;
        }
    }

    /**
     * Positions of the jobs that may be active: those placed stay, and of the others the first ones come in. Every job was
     * added.
     *
     * @param places how many, at most as many as there are jobs
     * @param placedFirst whether those that have begun come before the others, whatever their keys
     */
    int[] first(int places, boolean placedFirst) {
        int queued = Math.min(keys.length - placed, Math.max(0, places - placed));
        int end = placed + queued;
        if (placedFirst) {
            sortFirst(placed);
            select(placed, queued);
            Arrays.sort(keys, placed, end);
        } else {
            select(placed, queued);
            sortFirst(end);
        }
        return positions(places);
    }

    /** Positions of those that stay. */
    public int[] staying() {
        sortFirst(placed);
        return positions(placed);
    }

    private void sortFirst(int count) {
        // Those that stay were added by arrival, and often that is their order by key, too.
        if (count < MANY || count > placed) {
            Arrays.sort(keys, 0, count);
        } else if (!ascending) {
            RadixSort.sort(keys, count, Long.bitCount(mask));
        }
    }

    private int[] positions(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) (keys[i] & mask);
        }
        return order;
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
