package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.policy;

import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request in k parts, one for the queue of each of k cores. It ends when its last part ends. */
class ForkJoinTest {
    private static final int JOBS = 40_000;

    /** Exact: (12 - load) / 8 times the response of one queue. (Flatto, Hahn; Nelson, Tantawi 1988) */
    @ParameterizedTest
    @CsvSource({"0.5, 2.875", "0.8, 7"})
    void twoParts(double load, double mean) {
        response(2, load).isWithinOnePerCentOf(mean);
    }

    /** The approximation of Nelson and Tantawi for more parts, with its known error. */
    @ParameterizedTest
    @CsvSource({"4, 0.5, -0.008", "4, 0.8, -0.021", "8, 0.5, -0.015"})
    void moreParts(int parts, double load, double off) {
        double two = (12 - load) / 8 / (1 - load);
        double ratio = harmonic(parts) / harmonic(2);
        double approximation = (ratio + 4 * load / 11 * (1 - ratio)) * two;

        response(parts, load).isWithinOnePerCentOf(approximation / (1 + off));
    }

    /** Each queue serves its parts in order. The response of a request is that of its slowest part. */
    private static Estimate response(int parts, double load) {
        PoissonLoad requests = PoissonLoad.of(load, new SizeDistribution.Exponential(1));
        double[] means = new double[Estimate.SEEDS];
        double[] controls = new double[Estimate.SEEDS];
        for (int run = 0; run < Estimate.SEEDS; run++) {
            List<Arrival> arrivals = requests.workload(JOBS).arrivals(run + 1);
            SplittableRandom random = new SplittableRandom(1000 + run);
            double[] slowest = new double[JOBS];
            double sum = 0;
            for (int part = 0; part < parts; part++) {
                for (JobOutcome outcome : queue(arrivals, random)) {
                    int request = (int) outcome.id() - 1;
                    slowest[request] = Math.max(slowest[request], outcome.responseS());
                    sum += outcome.responseS();
                }
            }
            means[run] = Arrays.stream(slowest).average().orElseThrow();
            // The mean response of each single queue is known exactly.
            controls[run] = sum / parts / JOBS - 1 / (1 - load);
        }
        return Estimate.controlled(means, controls);
    }

    private static List<JobOutcome> queue(List<Arrival> requests, SplittableRandom random) {
        SizeDistribution sizes = new SizeDistribution.Exponential(1);
        List<Arrival> parts = new ArrayList<>(JOBS);
        requests.forEach(r -> parts.add(new Arrival(r.id(), r.arrivalS(), sizes.sample(random), Map.of())));
        Scenario queue = Scenario.fluid(1, Speedup.LINEAR, policy("one-request-at-a-time"), Workload.trace(parts), 1);
        return Simulator.run(queue, change -> {}, JOBS).perJob();
    }

    private static double harmonic(int n) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> 1.0 / i).sum();
    }
}
