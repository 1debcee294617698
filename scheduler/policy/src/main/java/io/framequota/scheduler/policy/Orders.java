package io.framequota.scheduler.policy;

import java.util.Arrays;
import java.util.List;

/** Orders in which policies serve jobs. Each answer holds the first {@link Snapshot#active()} positions. */
final class Orders {
    /** First come, first served. */
    static int[] arrival(Snapshot snapshot) {
        int[] order = new int[snapshot.active()];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /** Those that have begun before those that have not, each by arrival. */
    static int[] placedFirst(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int[] order = new int[snapshot.active()];
        int n = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < jobs.size() && n < order.length; i++) {
                if (jobs.get(i).placed() == (pass == 0)) {
                    order[n++] = i;
                }
            }
        }
        return order;
    }

    /** Fewest remaining frames first, ties and unknown lengths by arrival, unknown ones last. */
    static int[] shortestFirst(Snapshot snapshot) {
        List<SnapshotJob> jobs = snapshot.jobs();
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, jobs.size() - 1));
        long most = Long.MAX_VALUE >> bits;
        // Length above position in one long: a primitive sort, and ties come out by arrival.
        long[] keys = new long[jobs.size()];
        for (int i = 0; i < keys.length; i++) {
            long frames = jobs.get(i).remainingFrames();
            keys[i] = (frames == SnapshotJob.UNKNOWN ? most : Math.min(frames, most - 1)) << bits | i;
        }
        Arrays.sort(keys);
        int[] order = new int[snapshot.active()];
        for (int i = 0; i < order.length; i++) {
            order[i] = (int) (keys[i] & (1L << bits) - 1);
        }
        return order;
    }

    private Orders() {}
}
