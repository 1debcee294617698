package io.framequota.lab.experiment;

import java.util.Optional;

/** Finds the lowest mean response that is known for an experiment. */
@FunctionalInterface
public interface YardstickSource {
    /** The yardstick with exact fluid shares; empty if none applies to the actuator. */
    Optional<Yardstick> best(Experiment experiment, ActuatorKind actuator);
}
