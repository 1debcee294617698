package io.framequota.scheduler.experiment.simulator;

import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Predictor;
import io.framequota.scheduler.policy.ChosenPolicy;
import io.framequota.scheduler.simulator.ScenarioException;
import io.framequota.scheduler.simulator.Simulator;
import java.util.OptionalDouble;

/** The quota staircase of the quotas that a machine applies, plus the handover that was measured there. */
public final class SimulatorPredictor implements Predictor {
    @Override
    public OptionalDouble meanResponseS(
            Experiment experiment,
            Actuator actuator,
            ChosenPolicy policy,
            long seed,
            double scale,
            int places,
            double handoverMs) {
        try {
            return OptionalDouble.of(
                    Simulator.run(Scenarios.onAMachine(experiment, actuator, policy, seed, scale, places, handoverMs))
                            .meanResponseS());
        } catch (ScenarioException e) {
            return OptionalDouble.empty();
        }
    }
}
