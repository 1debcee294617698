package io.framequota.lab.simulator;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ResponsePredictor;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.simulator.Scenario;
import io.framequota.scheduler.simulator.ScenarioException;
import io.framequota.scheduler.simulator.Simulator;
import java.util.OptionalDouble;

/** Predicts with the staircase of the quotas that the machine applies and the handover that was measured. */
public final class SimulatorPredictor implements ResponsePredictor {
    @Override
    public OptionalDouble meanResponseS(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            double scale,
            int places,
            double handoverMs) {
        try {
            Scenario scenario =
                    ScenarioFactory.onAMachine(experiment, actuator, policy, seed, scale, places, handoverMs);
            boolean oneLimit = actuator == ActuatorKind.WEIGHT && ScenarioFactory.batch(experiment.workload(), seed);
            return OptionalDouble.of(
                    oneLimit ? underOneLimit(scenario) : Simulator.run(scenario).meanResponseS());
        } catch (ScenarioException e) {
            return OptionalDouble.empty();
        }
    }

    /**
     * Weights divide one quota, which no write refills, so all ends of a batch are on the staircase of the whole budget:
     * each period grants the quota at once, and an end follows from all work up to it.
     */
    private static double underOneLimit(Scenario fluid) {
        double periodS = fluid.periodMs() / 1000;
        double real = fluid.budgetMilli() / 1000;
        double threads = Math.max(fluid.cores(), Math.ceil(real));
        double burstS = Math.min(real, threads) * periodS;
        return Simulator.run(fluid, change -> {}, fluid.workload().count()).perJob().stream()
                .filter(j -> !j.refused())
                .mapToDouble(j -> {
                    double workS = real * j.responseS();
                    double full = Math.max(0, Math.ceil(workS / burstS - 1e-9) - 1);
                    return full * periodS + (workS - full * burstS) / threads;
                })
                .average()
                .orElse(0);
    }
}
