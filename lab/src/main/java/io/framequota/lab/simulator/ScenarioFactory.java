package io.framequota.lab.simulator;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.SimulationSettings;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.simulator.QuotaModel;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.ShareGrid;
import io.framequota.scheduler.simulator.Workload;
import java.util.OptionalInt;

/** Builds the simulator's scenarios from experiments. */
final class ScenarioFactory {
    private static final int STEP = 10;

    /** The scenario as written. Chunks have no quotas; of dispatch, only handovers are modelled. */
    static Scenario asWritten(Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed) {
        SimulationSettings simulation = experiment.simulation();
        boolean dispatch = actuator == ActuatorKind.DISPATCH;
        boolean quotas = actuator == ActuatorKind.QUOTA;
        boolean batches = actuator == ActuatorKind.GPU_TIME;
        return new Scenario(
                experiment.cores(),
                experiment.budget(),
                experiment.speedup(),
                policy,
                experiment.workload(),
                seed,
                batches
                        ? QuotaModel.BATCHES
                        : quotas && simulation.staircase() ? QuotaModel.STAIRCASE : QuotaModel.FLUID,
                quotas && simulation.grid() == STEP ? ShareGrid.TEN_MILLI : ShareGrid.EXACT,
                dispatch ? 0 : simulation.parkMilli(),
                simulation.handoverMs(),
                simulation.periodMs(),
                OptionalInt.empty(),
                dispatch,
                dispatch || batches ? simulation.chunkS() : 0);
    }

    /** The scenario with exact fluid shares. */
    static Scenario fluid(Experiment experiment, ConfiguredPolicy policy, long seed) {
        return new Scenario(
                experiment.cores(),
                experiment.budget(),
                experiment.speedup(),
                policy,
                experiment.workload(),
                seed,
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                0,
                experiment.simulation().periodMs(),
                OptionalInt.empty(),
                false,
                0);
    }

    /** The scenario as a machine enforces it: quotas of the scaled budget in steps of 10m; weights are fluid. */
    static Scenario onAMachine(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            double scale,
            int places,
            double handoverMs) {
        if (actuator == ActuatorKind.DISPATCH) {
            return inChunks(experiment, policy, seed, scale, handoverMs);
        }
        boolean quotas = actuator == ActuatorKind.QUOTA;
        return new Scenario(
                experiment.cores(),
                budget(experiment, scale),
                experiment.speedup(),
                policy,
                experiment.workload(),
                seed,
                quotas ? QuotaModel.STAIRCASE : QuotaModel.FLUID,
                quotas ? ShareGrid.TEN_MILLI : ShareGrid.EXACT,
                quotas ? STEP : 0,
                handoverMs,
                experiment.simulation().periodMs(),
                OptionalInt.of(places),
                false,
                0);
    }

    /**
     * Chunks run on whole cores whatever the budget is, so their sizes are scaled instead. Each chunk has a handover.
     */
    private static Scenario inChunks(
            Experiment experiment, ConfiguredPolicy policy, long seed, double scale, double handoverMs) {
        double whole = experiment.budget() * scale / 1000 / experiment.cores();
        return new Scenario(
                experiment.cores(),
                1000.0 * experiment.cores(),
                experiment.speedup(),
                policy,
                experiment.workload().resized(a -> a.sizeS() * whole),
                seed,
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                handoverMs,
                experiment.simulation().periodMs(),
                OptionalInt.empty(),
                true,
                experiment.simulation().chunkS() * whole);
    }

    /** Whether all jobs arrive at time 0. */
    static boolean batch(Workload workload, long seed) {
        return workload.count() <= 10_000 && workload.arrivals(seed).stream().allMatch(a -> a.arrivalS() == 0);
    }

    private static double budget(Experiment experiment, double scale) {
        return Math.max(STEP, Math.floor(experiment.budget() * scale / STEP + 1e-9) * STEP);
    }

    private ScenarioFactory() {}
}
