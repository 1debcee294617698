package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.OptionalInt;

/**
 * The input of one run: jobs, cores, policy, and how closely the model follows a real machine.
 *
 * @param cores cores of the experiment, at least 1
 * @param budgetMilli millicores to share; one core of the experiment has {@code budgetMilli / cores}
 * @param speedup speedup of every job over cores of the experiment
 * @param policy the policy
 * @param workload the jobs, and the live streams beside them
 * @param seed seed of all random numbers
 * @param quota how a share translates into speed
 * @param grid the shares that can be enforced
 * @param parkMilli quota of a placed job without a share; it continues with that
 * @param handoverMs time from a decision until a job uses cores that another job had; the cores are idle meanwhile. If
 *     {@code dispatch}, time from the grant of a chunk until its computation starts
 * @param periodMs period of the quota staircase
 * @param maxActive the most jobs placed at once, if bounded; the policy's own bound also holds
 * @param dispatch whether jobs run in chunks that the production dispatcher grants to one worker per core
 * @param chunkS size of a chunk in CPU seconds, if {@code dispatch}; with {@link QuotaModel#BATCHES}, of a batch in
 *     seconds of a device
 */
public record Scenario(
        int cores,
        double budgetMilli,
        Speedup speedup,
        ConfiguredPolicy policy,
        Workload workload,
        long seed,
        QuotaModel quota,
        ShareGrid grid,
        double parkMilli,
        double handoverMs,
        double periodMs,
        OptionalInt maxActive,
        boolean dispatch,
        double chunkS) {

    private static final int MOST_CORES = 100_000;

    public Scenario {
        require(cores >= 1 && cores <= MOST_CORES, "cores", cores, "a whole number from 1 to " + MOST_CORES);
        number("budget", budgetMilli, 1e-6);
        number("park_milli", parkMilli, 0);
        number("handover_ms", handoverMs, 0);
        number("period_ms", periodMs, 1e-3);
        require(
                maxActive.isEmpty() || maxActive.getAsInt() >= 1,
                "max_active",
                maxActive.orElse(0),
                "a whole number of at least 1");
        SimulatedStream.check(workload.streams(), cores);
        if (quota == QuotaModel.BATCHES) {
            number("the size of a batch", chunkS, 1e-6);
        }
        if (dispatch) {
            number("the size of a chunk", chunkS, 1e-6);
            require(
                    quota == QuotaModel.FLUID,
                    "quota",
                    quota,
                    "fluid if chunks are dispatched, because there are no quotas");
            require(
                    grid == ShareGrid.EXACT,
                    "grid",
                    grid,
                    "exact if chunks are dispatched, because there are no quotas");
        }
    }

    /** A scenario with exact fluid shares of cores with 1000 millicores each. */
    public static Scenario fluid(int cores, Speedup speedup, ConfiguredPolicy policy, Workload workload, long seed) {
        return new Scenario(
                cores,
                1000.0 * cores,
                speedup,
                policy,
                workload,
                seed,
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                0,
                100,
                OptionalInt.empty(),
                false,
                0);
    }

    /** Millicores of one core of the experiment. */
    double core() {
        return budgetMilli / cores;
    }

    /** The most jobs that may be placed at once. */
    int places() {
        return Math.min(policy.maxActive(), maxActive.orElse(Integer.MAX_VALUE));
    }

    private static void number(String name, double value, double least) {
        require(value >= least && value < Double.POSITIVE_INFINITY, name, value, "a number of at least " + least);
    }

    private static void require(boolean condition, String name, Object value, String allowed) {
        if (!condition) {
            throw new ScenarioException(name + " cannot be " + value + "; allowed: " + allowed);
        }
    }
}
