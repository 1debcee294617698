package io.framequota.scheduler.policy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who holds how many millicores, and in which order jobs come. Jobs are named by their position in
 * {@link Snapshot#jobs()}. Immutable.
 */
public final class Allocation {
    private static final int[] NOBODY = {};

    private final int[] order;
    private final double[] millicores;
    private final ExecutionMode placement;
    private final boolean spill;
    private final int[] refused;
    private final double reviewAfterS;
    private final @Nullable WidthExplanation explanation;

    /**
     * Takes ownership of both arrays.
     *
     * @param order positions of the jobs that may run, best first, each at most once
     * @param millicores exact share of every job of the snapshot; 0 for a job that holds nothing
     * @param placement how shares turn into workers
     * @param spill whether compute that the holders of shares leave idle goes to the other jobs of {@code order}
     */
    public Allocation(int[] order, double[] millicores, ExecutionMode placement, boolean spill) {
        this(order, millicores, placement, spill, NOBODY, Double.POSITIVE_INFINITY, null);
    }

    private Allocation(
            int[] order,
            double[] millicores,
            ExecutionMode placement,
            boolean spill,
            int[] refused,
            double reviewAfterS,
            @Nullable WidthExplanation explanation) {
        if (order.length > millicores.length) {
            throw new IllegalArgumentException(
                    order.length + " jobs in order, but only " + millicores.length + " jobs");
        }
        this.order = order;
        this.millicores = millicores;
        this.placement = placement;
        this.spill = spill;
        this.refused = refused;
        this.reviewAfterS = reviewAfterS;
        this.explanation = explanation;
    }

    /** The same allocation, which also refuses jobs: they hold nothing, are not in the order and should be failed. */
    Allocation refusing(int... positions) {
        return new Allocation(order, millicores, placement, spill, positions, reviewAfterS, explanation);
    }

    /** The same allocation, which should be made anew after so many seconds even if nothing happens. */
    Allocation reviewedAfter(double seconds) {
        return new Allocation(order, millicores, placement, spill, refused, seconds, explanation);
    }

    /** The same allocation with a reason. */
    Allocation because(WidthExplanation why) {
        return new Allocation(order, millicores, placement, spill, refused, reviewAfterS, why);
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

    public ExecutionMode placement() {
        return placement;
    }

    public boolean spill() {
        return spill;
    }

    /** How many jobs the policy refuses. */
    public int refusals() {
        return refused.length;
    }

    /** Position in the snapshot of a job that the policy refuses; none that has begun. */
    public int refused(int index) {
        return refused[index];
    }

    /** Seconds after which the policy may answer differently though nothing arrived or ended; infinite when it will not. */
    public double reviewAfterS() {
        return reviewAfterS;
    }

    /** Why it is so, null when the policy has nothing to choose. */
    public @Nullable WidthExplanation explanation() {
        return explanation;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Allocation that
                && Arrays.equals(order, that.order)
                && Arrays.equals(millicores, that.millicores)
                && Arrays.equals(refused, that.refused)
                && placement == that.placement
                && spill == that.spill
                && reviewAfterS == that.reviewAfterS;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(order) * 31 + Arrays.hashCode(millicores);
    }

    @Override
    public String toString() {
        return placement + (spill ? ", spilling, order " : ", order ") + Arrays.toString(order) + ", millicores "
                + Arrays.toString(millicores) + (refused.length == 0 ? "" : ", refused " + Arrays.toString(refused));
    }
}
