package io.framequota.scheduler.policy;

import java.util.Arrays;

/**
 * Who holds how many millicores, and in which order jobs come. Jobs are named by their position in
 * {@link Snapshot#jobs()}. Immutable.
 */
public final class Allocation {
    private final int[] order;
    private final double[] millicores;
    private final Placement placement;
    private final boolean spill;

    /**
     * Takes ownership of both arrays.
     *
     * @param order positions of the jobs that may run, best first, each at most once
     * @param millicores exact share of every job of the snapshot; 0 for a job that holds nothing
     * @param placement how shares turn into workers
     * @param spill whether compute that the holders of shares leave idle goes to the other jobs of {@code order}
     */
    public Allocation(int[] order, double[] millicores, Placement placement, boolean spill) {
        if (order.length > millicores.length) {
            throw new IllegalArgumentException(
                    order.length + " jobs in order, but only " + millicores.length + " jobs");
        }
        this.order = order;
        this.millicores = millicores;
        this.placement = placement;
        this.spill = spill;
    }

    /** How many jobs may run. */
    public int size() {
        return order.length;
    }

    /** Position in the snapshot of the job that comes at {@code rank}, 0 first. */
    public int at(int rank) {
        return order[rank];
    }

    /** Share of the job at a position of the snapshot. */
    public double millicores(int position) {
        return millicores[position];
    }

    /** Sum of all shares. */
    public double total() {
        return Arrays.stream(millicores).sum();
    }

    public Placement placement() {
        return placement;
    }

    public boolean spill() {
        return spill;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Allocation that
                && Arrays.equals(order, that.order)
                && Arrays.equals(millicores, that.millicores)
                && placement == that.placement
                && spill == that.spill;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(order) * 31 + Arrays.hashCode(millicores);
    }

    @Override
    public String toString() {
        return placement + (spill ? ", spilling, order " : ", order ") + Arrays.toString(order) + ", millicores "
                + Arrays.toString(millicores);
    }
}
