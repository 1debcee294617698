package io.framequota.lab.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The results of an experiment.
 *
 * @param experiment the experiment; if a field is swept, its first variant
 * @param on the backend of all runs
 * @param policies the results in the file's order, by variant, then by actuator
 * @param notices deviations from the file, with reasons
 * @param facts machine and versions
 * @param finished when
 */
public record ExperimentResult(
        Experiment experiment,
        ExperimentBackend on,
        List<ContenderResult> policies,
        List<String> notices,
        Map<String, String> facts,
        Instant finished) {
    public ExperimentResult {
        policies = List.copyOf(policies);
        notices = List.copyOf(notices);
    }

    /** Whether all runs with a prediction met it within the tolerance. */
    public boolean withinTolerance() {
        return policies.stream().allMatch(p -> Math.abs(p.deviation().orElse(0)) <= experiment.tolerance());
    }
}
