package io.framequota.lab.simulator;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.Yardstick;
import io.framequota.lab.experiment.YardstickSource;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Simulator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Simulates yardsticks with exact fluid shares and the experiment's seed. For a batch, this is the optimum for its speedup
 * (SRPT, or heSRPT of Berg, Vesilo and Harchol-Balter 2020). For arrivals over time, it is SRPT, which no policy beats while the speedup is linear
 * (Schrage 1968).
 */
public final class SimulatedYardsticks implements YardstickSource {
    /** For larger batches, computing the optimum takes too long. */
    private static final int MOST_JOBS = 64;

    @Override
    public Optional<Yardstick> best(Experiment experiment, ActuatorKind actuator) {
        long seed = experiment.seed();
        List<ConfiguredPolicy> candidates = new ArrayList<>();
        if (ScenarioFactory.batch(experiment.workload(), seed)
                && experiment.workload().count() <= MOST_JOBS) {
            candidates.add(
                    experiment.speedup() instanceof Speedup.Power(double p)
                            ? Policies.installed().choose("hesrpt", Map.of("p", Double.toString(p)))
                            : Policies.installed().choose("concave-optimum", Map.of()));
        } else if (experiment.speedup() instanceof Speedup.Linear) {
            candidates.add(Policies.installed().choose("srpt", Map.of()));
        }
        return candidates.stream()
                .map(p -> new Yardstick(
                        p.name(),
                        Simulator.run(ScenarioFactory.fluid(experiment, p, seed))
                                .meanResponseS()))
                .min(Comparator.comparingDouble(Yardstick::meanS));
    }
}
