package io.framequota.scheduler.policy;

import java.util.Arrays;

/**
 * By how much everybody who joined is in time, by rank of deadline. A tree over blocks of ranks: a node knows how long its
 * members take together, and by how much the tightest of them is in time if nobody before the node takes any. Joining looks
 * at one block and at one path to the root, without a branch that depends on who joined.
 */
final class SlackTree {
    private static final int BLOCK = 16;

    /** Seconds that a rank takes, 0 for one that has not joined. */
    private final double[] takes;
    /** Seconds that a rank has, infinite for one that has not joined. */
    private final double[] has;

    private final int leaves;
    private final double[] sum;
    private final double[] tightest;

    /** Nobody has joined of so many ranks. */
    SlackTree(int ranks) {
        int blocks = Math.max(1, (ranks + BLOCK - 1) / BLOCK);
        leaves = Integer.highestOneBit(2 * blocks - 1);
        takes = new double[leaves * BLOCK];
        has = new double[leaves * BLOCK];
        Arrays.fill(has, Double.POSITIVE_INFINITY);
        sum = new double[2 * leaves];
        tightest = new double[2 * leaves];
    }

    /** A rank has begun, whoever is late then. All of them come before {@link #sumUp()}. */
    void begun(int rank, double needs, double slack) {
        put(rank, needs, slack);
    }

    /** Looks at everybody who has begun, once. Then others may join. */
    void sumUp() {
        for (int node = 2 * leaves - 1; node > 0; node--) {
            look(node);
        }
    }

    /**
     * Joins if that makes nobody late; whether it did.
     *
     * @param needs seconds that it takes
     * @param slack seconds until its deadline
     */
    boolean joinIfAllInTime(int rank, double needs, double slack) {
        put(rank, needs, slack);
        for (int node = leaf(rank); node > 0; node >>= 1) {
            double before = tightest[node];
            look(node);
            // Those who began may miss by a rounding error what they were found to meet; that is nobody's fault.
            if (tightest[node] < 0 && tightest[node] < before) {
                put(rank, 0, Double.POSITIVE_INFINITY);
                update(rank, node >> 1);
                return false;
            }
        }
        return true;
    }

    private void put(int rank, double seconds, double until) {
        takes[rank] = seconds;
        has[rank] = until;
    }

    private int leaf(int rank) {
        return leaves + rank / BLOCK;
    }

    /** What the nodes above a rank know, up to one of them, which is left as it is. */
    private void update(int rank, int end) {
        for (int node = leaf(rank); node > end; node >>= 1) {
            look(node);
        }
    }

    private void look(int node) {
        if (node >= leaves) {
            lookAtBlock(node);
            return;
        }
        int left = 2 * node;
        sum[node] = sum[left] + sum[left + 1];
        tightest[node] = Math.min(tightest[left], tightest[left + 1] - sum[left]);
    }

    private void lookAtBlock(int node) {
        double seconds = 0;
        double least = Double.POSITIVE_INFINITY;
        int first = (node - leaves) * BLOCK;
        for (int r = first; r < first + BLOCK; r++) {
            seconds += takes[r];
            least = Math.min(least, has[r] - seconds);
        }
        sum[node] = seconds;
        tightest[node] = least;
    }
}
