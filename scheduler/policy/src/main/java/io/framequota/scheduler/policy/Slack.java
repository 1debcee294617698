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
        for (int node = leaves + rank / BLOCK; node > 0; node >>= 1) {
            sum[node] = newSum;
            tightest[node] = newTightest;
            lookAbove(node);
        }
    }

    /** Joins if that makes nobody late; whether it did. */
    boolean joinIfAllInTime(int rank) {
        if (needs[rank] > slack[rank]) {
            return false;
        }
        joined[rank] = true;
        look(rank / BLOCK);
        for (int node = leaves + rank / BLOCK; node > 0; node >>= 1) {
            // Those who began may miss by a rounding error what they were found to meet; that is nobody's fault.
            if (newTightest < 0 && newTightest < tightest[node]) {
                joined[rank] = false;
                return false;
            }
            lookAbove(node);
        }
        join(rank);
        return true;
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
