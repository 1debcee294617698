package io.framequota.lab.experiment;

import java.util.Optional;

/** Knows the best that could be done. */
@FunctionalInterface
public interface YardstickSource {
    /** The yardstick of an experiment with exact fluid shares; empty when none applies to what the actuator does. */
    Optional<Yardstick> best(Experiment experiment, ActuatorKind actuator);
}
