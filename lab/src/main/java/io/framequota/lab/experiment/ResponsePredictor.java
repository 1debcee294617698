package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.OptionalDouble;

/** Says what a run on a machine should give. */
public interface ResponsePredictor {
    /**
     * Mean response of a run.
     *
     * @param experiment as its file says
     * @param scale by which budget and sizes were multiplied
     * @param places the most jobs that were placed at once
     * @param handoverMs as measured in that run
     * @return empty when nothing predicts it
     */
    OptionalDouble meanResponseS(
            Experiment experiment,
            ActuatorKind actuator,
            ConfiguredPolicy policy,
            long seed,
            double scale,
            int places,
            double handoverMs);
}
