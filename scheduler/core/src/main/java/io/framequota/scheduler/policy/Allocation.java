package io.framequota.scheduler.policy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How many millicores each job gets, and in which order jobs are served. Jobs are identified by their position in
 * {@link Snapshot#jobs()}. Immutable.
 */
public final class Allocation {
    private static final int[] NO_JOBS = {};

    private final int[] order;
    private final double[] millicores;
    private final ExecutionMode mode;
    private final boolean spill;
    private final int[] refused;
    private final double reviewAfterS;
    private final @Nullable WidthExplanation explanation;

    /**
     * Takes ownership of both arrays.
     *
     * @param order positions of the jobs that may run, first served first, each at most once
     * @param millicores exact share of every job of the snapshot; 0 for a job without a share
     * @param mode how shares turn into workers
     * @param spill whether cores that jobs with a share leave idle may serve the other jobs of {@code order}
     */
    public Allocation(int[] order, double[] millicores, ExecutionMode mode, boolean spill) {
        this(order, millicores, mode, spill, NO_JOBS, Double.POSITIVE_INFINITY, null);
    }

    private Allocation(
            int[] order,
            double[] millicores,
            ExecutionMode mode,
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
        this.mode = mode;
        this.spill = spill;
        this.refused = refused;
        this.reviewAfterS = reviewAfterS;
        this.explanation = explanation;
    }

    /**
     * The same allocation, which also refuses jobs: they will fail, with the policy's name in the reason. A refused job
     * must not have begun, must have no share and must not be in the order.
     */
    public Allocation refusing(int... positions) {
        return new Allocation(order, millicores, mode, spill, positions, reviewAfterS, explanation);
    }

    /** The same allocation, which must be computed again after so many seconds even if no job arrives or ends. */
    public Allocation reviewedAfter(double seconds) {
        return new Allocation(order, millicores, mode, spill, refused, seconds, explanation);
    }

    /** The same allocation with a reason, which {@code /api/v1/allocation} shows. */
    public Allocation because(WidthExplanation why) {
        return new Allocation(order, millicores, mode, spill, refused, reviewAfterS, why);
    }

    /** How many jobs may run. */
    public int size() {
        return order.length;
    }

    /** Position in the snapshot of the job at {@code rank}; rank 0 is served first. */
    public int at(int rank) {
        return order[rank];
    }

    /** Share of the job at a position of the snapshot, in millicores. */
    public double millicores(int position) {
        return millicores[position];
    }

    /** Sum of all shares, in millicores. */
    public double total() {
        return Arrays.stream(millicores).sum();
    }

    public ExecutionMode mode() {
        return mode;
    }

    public boolean spill() {
        return spill;
    }

    /** How many jobs the policy refuses. */
    public int refusals() {
        return refused.length;
    }

    /** Position in the snapshot of the refused job at {@code index}. */
    public int refused(int index) {
        return refused[index];
    }

    /** Seconds after which the answer may change even if no job arrives or ends; infinite if it cannot. */
    public double reviewAfterS() {
        return reviewAfterS;
    }

    /** The reason for this allocation, null if the policy gives none. */
    public @Nullable WidthExplanation explanation() {
        return explanation;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Allocation that
                && Arrays.equals(order, that.order)
                && Arrays.equals(millicores, that.millicores)
                && Arrays.equals(refused, that.refused)
                && mode == that.mode
                && spill == that.spill
                && reviewAfterS == that.reviewAfterS;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(order) * 31 + Arrays.hashCode(millicores);
    }

    @Override
    public String toString() {
        return mode + (spill ? ", spilling, order " : ", order ") + Arrays.toString(order) + ", millicores "
                + Arrays.toString(millicores) + (refused.length == 0 ? "" : ", refused " + Arrays.toString(refused));
    }
}
