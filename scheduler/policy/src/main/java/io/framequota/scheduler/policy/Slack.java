package io.framequota.scheduler.policy;

/**
 * By how much everybody who joined is in time, by rank of deadline: a tree that adds to a suffix and knows the least
 * value of those who joined in it, each in logarithmic time.
 */
final class Slack {
    private final int leaves;
    /** Least slack of those who joined below a node, infinite when nobody did, without what its ancestors add. */
    private final double[] least;
    /** To be added to everything below a node. */
    private final double[] added;
    /** Slack of each rank before anybody joined. */
    private final double[] own;

    Slack(double[] own) {
        this.own = own;
        leaves = Math.max(1, Integer.highestOneBit(Math.max(1, own.length - 1)) << 1);
        least = new double[2 * leaves];
        added = new double[2 * leaves];
        java.util.Arrays.fill(least, Double.POSITIVE_INFINITY);
    }

    /** Somebody joins who needs so many seconds. */
    void join(int rank, double needs) {
        add(1, 0, leaves, rank, -needs);
        int node = leaves + rank;
        least[node] = own[rank] + added[node];
        for (node >>= 1; node >= 1; node >>= 1) {
            least[node] = Math.min(least[2 * node], least[2 * node + 1]) + added[node];
        }
    }

    /** Joins if then nobody is late who joined and has this rank or a later one; whether that was so. */
    boolean joinIfAllInTime(int rank, double needs) {
        double before = 0;
        for (int node = leaves + rank; node >= 1; node >>= 1) {
            before += added[node];
        }
        if (own[rank] + before - needs < 0 || least(1, 0, leaves, rank) - needs < 0) {
            return false;
        }
        join(rank, needs);
        return true;
    }

    private void add(int node, int from, int to, int rank, double value) {
        if (from >= rank) {
            added[node] += value;
            least[node] += value;
            return;
        }
        int middle = (from + to) >>> 1;
        if (rank < middle) {
            add(2 * node, from, middle, rank, value);
        }
        add(2 * node + 1, middle, to, rank, value);
        least[node] = Math.min(least[2 * node], least[2 * node + 1]) + added[node];
    }

    private double least(int node, int from, int to, int rank) {
        if (from >= rank) {
            return least[node];
        }
        int middle = (from + to) >>> 1;
        double right = least(2 * node + 1, middle, to, rank);
        return (rank < middle ? Math.min(right, least(2 * node, from, middle, rank)) : right) + added[node];
    }
}
