package io.framequota.scheduler.policy;

import java.util.Arrays;

/**
 * By how much everybody who joined is in time, by rank of deadline. A tree over blocks of ranks: a node knows how long its
 * members take together, and by how much the tightest of them is in time if nobody before the node takes any. Joining looks
 * at one block and at one path to the root.
 */
final class Slack {
    private static final int BLOCK = 16;

    private final double[] needs;
    private final double[] slack;
    private final boolean[] joined;
    private final int leaves;
    private final double[] sum;
    private final double[] tightest;
    /** What the block or node looked at last would be. */
    private double newSum;

    private double newTightest;
    /** What the nodes on the way up would be, the lowest first. */
    private final double[] sums = new double[Integer.SIZE];

    private final double[] tightests = new double[Integer.SIZE];

    /**
     * Nobody has joined.
     *
     * @param needs seconds that each rank takes
     * @param slack seconds until each rank's deadline; infinite for one that cannot be late. Both are read, never changed
     */
    Slack(double[] needs, double[] slack) {
        this.needs = needs;
        this.slack = slack;
        joined = new boolean[needs.length];
        leaves = Integer.highestOneBit(Math.max(1, (needs.length - 1) / BLOCK)) << 1;
        sum = new double[2 * leaves];
        tightest = new double[2 * leaves];
        Arrays.fill(tightest, Double.POSITIVE_INFINITY);
    }

    /** A rank joins, whoever is late then. */
    void join(int rank) {
        joined[rank] = true;
        look(rank / BLOCK);
        int level = 0;
        for (int node = leaves + rank / BLOCK; node > 0; node >>= 1) {
            climb(node, level++);
        }
        keep(rank);
    }

    /** Joins if that makes nobody late; whether it did. */
    boolean joinIfAllInTime(int rank) {
        if (needs[rank] > slack[rank]) {
            return false;
        }
        joined[rank] = true;
        look(rank / BLOCK);
        int level = 0;
        for (int node = leaves + rank / BLOCK; node > 0; node >>= 1) {
            // Those who began may miss by a rounding error what they were found to meet; that is nobody's fault.
            if (newTightest < 0 && newTightest < tightest[node]) {
                joined[rank] = false;
                return false;
            }
            climb(node, level++);
        }
        keep(rank);
        return true;
    }

    /** Notes what a node would be, and goes on to the one above it. */
    private void climb(int node, int level) {
        sums[level] = newSum;
        tightests[level] = newTightest;
        lookAbove(node);
    }

    /** What was noted on the way up from a rank is so from now on. */
    private void keep(int rank) {
        int level = 0;
        for (int node = leaves + rank / BLOCK; node > 0; node >>= 1) {
            sum[node] = sums[level];
            tightest[node] = tightests[level++];
        }
    }

    private void look(int block) {
        newSum = 0;
        newTightest = Double.POSITIVE_INFINITY;
        for (int r = block * BLOCK; r < Math.min(needs.length, (block + 1) * BLOCK); r++) {
            if (joined[r]) {
                newSum += needs[r];
                newTightest = Math.min(newTightest, slack[r] - newSum);
            }
        }
    }

    /** From what a node would be to what the one above it would be. */
    private void lookAbove(int node) {
        if ((node & 1) == 0) {
            newTightest = Math.min(newTightest, tightest[node + 1] - newSum);
            newSum += sum[node + 1];
        } else if (node > 1) {
            newTightest = Math.min(tightest[node - 1], newTightest - sum[node - 1]);
            newSum += sum[node - 1];
        }
    }
}
