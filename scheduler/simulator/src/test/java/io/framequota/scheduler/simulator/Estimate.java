package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * Estimates a mean and its standard error from runs with several seeds.
 *
 * <p>The work that arrivals find is known exactly for one server (Pollaczek and Khinchine). Its deviation for the
 * arrivals of a seed explains nearly all of the run's deviation, so it is removed by regression: a control variate
 * (Lavenberg, Welch 1981). With it, an error of one per cent needs some 100,000 jobs instead of millions.
 */
record Estimate(double mean, double standardError) {
    /** More than three seeds, which the regression needs. */
    static final int SEEDS = 10;

    private static final double ONE_PER_CENT = 0.01;
    /** The largest relative standard error. */
    private static final double SURE = 0.005;

    /** A queue and the number of jobs per seed. */
    record Queue(int cores, Speedup speedup, ConfiguredPolicy policy, PoissonLoad load, int jobs) {
        Estimate meanResponse() {
            return of(SimulationResult::meanResponseS);
        }

        Estimate of(ToDoubleFunction<SimulationResult> value) {
            return of(0, List.of(value)).getFirst();
        }

        /** Estimates several values of the same runs, which keep the outcome of every job. */
        List<Estimate> ofJobs(List<ToDoubleFunction<SimulationResult>> values) {
            return of(jobs, values);
        }

        /** The mean length of a busy period. */
        Estimate busyPeriod() {
            return estimates(
                            seed -> {
                                BusyPeriods periods = new BusyPeriods();
                                SimulationResult outcome = Simulator.run(scenario(seed), periods::change);
                                return new double[] {outcome.heldCoreS() / periods.count};
                            },
                            1)
                    .getFirst();
        }

        private List<Estimate> of(int kept, List<ToDoubleFunction<SimulationResult>> values) {
            return estimates(
                    seed -> {
                        SimulationResult outcome = Runs.longRun(scenario(seed), kept);
                        return values.stream()
                                .mapToDouble(v -> v.applyAsDouble(outcome))
                                .toArray();
                    },
                    values.size());
        }

        private List<Estimate> estimates(IntFunction<double[]> run, int values) {
            double[][] shown = new double[values][SEEDS];
            double[] controls = new double[SEEDS];
            for (int seed = 1; seed <= SEEDS; seed++) {
                double[] once = run.apply(seed);
                for (int v = 0; v < values; v++) {
                    shown[v][seed - 1] = once[v];
                }
                controls[seed - 1] = workFound(seed) - workFound();
            }
            return Arrays.stream(shown).map(v -> controlled(v, controls)).toList();
        }

        private Scenario scenario(int seed) {
            return Scenario.fluid(cores, speedup, policy, load.workload(jobs), seed);
        }

        /** Mean seconds of work that an arrival finds at one server as fast as all cores. */
        private double workFound() {
            return load.rate() * load.meanSquare() / cores / cores / (2 * (1 - load.offered() / cores));
        }

        /** The same for the arrivals of one seed. */
        private double workFound(int seed) {
            double found = 0;
            double left = 0;
            double then = 0;
            Iterator<Arrival> arrivals = load.workload(jobs).stream(seed);
            while (arrivals.hasNext()) {
                Arrival arrival = arrivals.next();
                left = Math.max(0, left - (arrival.arrivalS() - then));
                found += left;
                left += arrival.sizeS() / cores;
                then = arrival.arrivalS();
            }
            return found / jobs;
        }
    }

    /** Counts busy periods. */
    private static final class BusyPeriods {
        private final Set<Long> holders = new HashSet<>();
        private double freeSinceS = -1;
        private int count;

        void change(AllocationChange change) {
            if (change.millicores() > 0) {
                // A job that follows immediately does not start another busy period.
                count += holders.isEmpty() && change.timeS() > freeSinceS ? 1 : 0;
                holders.add(change.job());
            } else if (holders.remove(change.job()) && holders.isEmpty()) {
                freeSinceS = change.timeS();
            }
        }
    }

    /** The mean over the jobs of a class. */
    static ToDoubleFunction<SimulationResult> meanOf(PoissonLoad load, int number, ToDoubleFunction<JobOutcome> of) {
        return outcome -> outcome.perJob().stream()
                .filter(j -> load.classOf(j) == number)
                .mapToDouble(of)
                .average()
                .orElseThrow();
    }

    /** The mean of the values after removing what controls of mean 0 explain. */
    static Estimate controlled(double[] values, double[] controls) {
        int n = values.length;
        double value = Arrays.stream(values).average().orElseThrow();
        double control = Arrays.stream(controls).average().orElseThrow();
        double both = 0;
        double own = 0;
        double spread = 0;
        for (int i = 0; i < n; i++) {
            both += (values[i] - value) * (controls[i] - control);
            own += (controls[i] - control) * (controls[i] - control);
            spread += (values[i] - value) * (values[i] - value);
        }
        double slope = both / own;
        double variance = Math.max(0, spread - slope * both) / (n - 2);
        return new Estimate(value - slope * control, Math.sqrt(variance * (1.0 / n + control * control / own)));
    }

    void isWithinOnePerCentOf(double expected) {
        assertThat(mean).isCloseTo(expected, within(ONE_PER_CENT * expected));
        assertThat(standardError).as("standard error of %s", mean).isLessThan(SURE * expected);
    }
}
