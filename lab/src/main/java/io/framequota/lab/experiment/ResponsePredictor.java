package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.OptionalDouble;

/** Predicts the mean response of a run on a real machine. */
public interface ResponsePredictor {
    /**
     * Predicts the mean response of a run in seconds.
     *
     * @param experiment as written
     * @param scale factor by which budget and sizes were multiplied
     * @param places largest number of jobs placed at the same time
     * @param handoverMs mean handover measured in the run
     * @return empty if no prediction is known
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
