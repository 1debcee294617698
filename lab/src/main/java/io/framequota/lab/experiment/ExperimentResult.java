package io.framequota.lab.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What an experiment gave.
 *
 * @param experiment as its file says; of a swept one the first variant
 * @param on where it ran
 * @param policies in the file's order, variant by variant, actuator by actuator
 * @param notices what a reader must know: what was used instead of what, and why
 * @param facts about the machine and the versions
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

    /** Whether every prediction that there is was met within the tolerance. */
    public boolean withinTolerance() {
        return policies.stream().allMatch(p -> Math.abs(p.deviation().orElse(0)) <= experiment.tolerance());
    }
}
