package io.framequota.lab.simulator;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.SimulationSettings;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.SimulatedStream;
import io.framequota.scheduler.simulator.Simulator;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Closed forms for the mean response of a batch: one core per request, equal shares and one request at a time, for any
 * sizes and speedup. For all other experiments, the fluid value: the same run with exact shares.
 */
final class ClosedForm {
    /** Mean response of the experiment under a policy. */
    static OptionalDouble meanResponseS(
            Experiment experiment, ActuatorKind actuator, ConfiguredPolicy policy, long seed) {
        return actuator == ActuatorKind.DISPATCH
                ? inChunks(experiment, policy, seed)
                : inShares(experiment, policy, seed);
    }

    /** Chunk by chunk if the order is known; if not, the fluid value with the handovers added to the sizes. */
    private static OptionalDouble inChunks(Experiment experiment, ConfiguredPolicy policy, long seed) {
        SimulationSettings simulation = experiment.simulation();
        int cores = coresBesideStreams(experiment);
        ChunkedBatch chunks = new ChunkedBatch(cores, simulation.chunkS(), simulation.handoverMs() / 1000);
        if (cores > 0
                && experiment.speedup() instanceof Speedup.Linear
                && ScenarioFactory.batch(experiment.workload(), seed)
                && policy.maxActive() >= experiment.workload().count()) {
            OptionalDouble mean =
                    chunks.meanResponseS(policy, experiment.workload().arrivals(seed));
            if (mean.isPresent()) {
                return mean;
            }
        }
        return inShares(experiment.sized(chunks.longer(experiment.workload()), simulation.chunkS()), policy, seed);
    }

    private static OptionalDouble inShares(Experiment experiment, ConfiguredPolicy policy, long seed) {
        Speedup speedup = experiment.speedup();
        int cores = coresBesideStreams(experiment);
        if (cores > 0 && ScenarioFactory.batch(experiment.workload(), seed) && speedup.limit() >= cores) {
            double[] sizes = experiment.workload().arrivals(seed).stream()
                    .mapToDouble(Arrival::sizeS)
                    .toArray();
            if (policy.maxActive() >= sizes.length) {
                switch (policy.name()) {
                    case "one-core-per-request" -> {
                        return OptionalDouble.of(oneCore(sizes, cores));
                    }
                    case "divide-and-conquer" -> {
                        return OptionalDouble.of(equalShares(sizes, cores, speedup));
                    }
                    case "one-request-at-a-time" -> {
                        boolean shortest = policy.parameters().equals(Map.of("order", "shortest-first"));
                        if (shortest || !policy.parameters().containsKey("order")) {
                            return OptionalDouble.of(oneAtATime(sizes, speedup.at(cores), shortest));
                        }
                    }
                    default -> {
                        // No closed form is known; the fluid value follows.
                    }
                }
            }
        }
        return OptionalDouble.of(
                Simulator.run(ScenarioFactory.fluid(experiment, policy, seed)).meanResponseS());
    }

    /**
     * The cores that streams leave, if each of them holds whole cores during the whole run; otherwise 0: then no closed
     * form is known.
     */
    private static int coresBesideStreams(Experiment experiment) {
        int left = experiment.cores();
        for (SimulatedStream stream : experiment.workload().streams()) {
            int held = stream.demand().millicores();
            if (stream.fromS() > 0 || stream.toS() < Double.POSITIVE_INFINITY || held % 1000 != 0) {
                return 0;
            }
            left -= held / 1000;
        }
        return left;
    }

    /** First come, first served on c servers; the next job goes to the server that is free first. */
    static double oneCore(double[] sizes, int cores) {
        double[] free = new double[cores];
        double sum = 0;
        for (double size : sizes) {
            int first = 0;
            for (int i = 1; i < cores; i++) {
                first = free[i] < free[first] ? i : first;
            }
            free[first] += size;
            sum += free[first];
        }
        return sum / sizes.length;
    }

    /** Processor sharing of a batch: sum T = sum m_j (x_(j) - x_(j-1)) / s(c / m_j) with m_j = n - j + 1. */
    static double equalShares(double[] sizes, int cores, Speedup speedup) {
        double[] sorted = sizes.clone();
        Arrays.sort(sorted);
        double sum = 0;
        double before = 0;
        for (int j = 0; j < sorted.length; j++) {
            int left = sorted.length - j;
            sum += left * (sorted[j] - before) / speedup.at((double) cores / left);
            before = sorted[j];
        }
        return sum / sorted.length;
    }

    /** One request after another: sum T = 1 / s(c) * sum (n - j + 1) x_j in the order in which they are served. */
    static double oneAtATime(double[] sizes, double speed, boolean shortestFirst) {
        double[] order = sizes.clone();
        if (shortestFirst) {
            Arrays.sort(order);
        }
        double sum = 0;
        for (int j = 0; j < order.length; j++) {
            sum += (order.length - j) * order[j] / speed;
        }
        return sum / order.length;
    }

    private ClosedForm() {}
}
