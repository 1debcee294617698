package io.framequota.scheduler.policy.builtin;

import java.util.Arrays;

/**
 * Answers whether a job can join without making a member late. Jobs have ranks by deadline. A tree over blocks of ranks
 * stores, for each node, the total time of its members and the smallest slack of a member if nothing before the node
 * takes time. Joining reads one block and one path to the root.
 */
final class SlackTree {
    private static final int BLOCK = 16;

    /** Seconds that the job at a rank takes; 0 if it has not joined. */
    private final double[] takes;
    /** Seconds until the deadline of the job at a rank; infinite if it has not joined. */
    private final double[] has;

    private final int leaves;
    private final double[] sum;
    private final double[] tightest;

    /** An empty tree for so many ranks. */
    SlackTree(int ranks) {
        int blocks = Math.max(1, (ranks + BLOCK - 1) / BLOCK);
        leaves = Integer.highestOneBit(2 * blocks - 1);
        takes = new double[leaves * BLOCK];
        has = new double[leaves * BLOCK];
        Arrays.fill(has, Double.POSITIVE_INFINITY);
        sum = new double[2 * leaves];
        tightest = new double[2 * leaves];
    }

    /** Adds a job that has begun, even if that makes others late. Called before {@link #sumUp()}. */
    void begun(int rank, double needs, double slack) {
        put(rank, needs, slack);
    }

    /** Computes all nodes from the begun jobs. Afterwards, other jobs may join. */
    void sumUp() {
        for (int node = 2 * leaves - 1; node > 0; node--) {
            look(node);
        }
    }

    /**
     * Adds a job unless that makes a member late.
     *
     * @param needs seconds that the job takes
     * @param slack seconds until its deadline
     * @return whether it was added
     */
    boolean joinIfAllInTime(int rank, double needs, double slack) {
        put(rank, needs, slack);
        for (int node = leaf(rank); node > 0; node >>= 1) {
            double before = tightest[node];
            look(node);
            // A begun job may already miss its deadline by a rounding error. That is not caused by this job.
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

    /** Recomputes the nodes from a rank's block up to, but not including, {@code end}. */
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
