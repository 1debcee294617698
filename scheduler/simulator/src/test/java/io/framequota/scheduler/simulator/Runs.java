package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Runs scenarios for tests and checks the invariants that hold under every policy. */
final class Runs {
    private static final int KEPT = 1000;

    static ConfiguredPolicy policy(String name, String... parameters) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            given.put(parameters[i], parameters[i + 1]);
        }
        return Policies.installed().choose(name, given);
    }

    static Workload batch(double... sizes) {
        return Workload.batch(Arrays.stream(sizes).boxed().toList());
    }

    static Workload equal(int jobs, double size) {
        double[] sizes = new double[jobs];
        Arrays.fill(sizes, size);
        return batch(sizes);
    }

    /** Runs a scenario with exact fluid shares. */
    static SimulationResult fluid(int cores, Speedup speedup, ConfiguredPolicy policy, Workload workload) {
        return run(Scenario.fluid(cores, speedup, policy, workload, 1));
    }

    static SimulationResult run(Scenario scenario) {
        Invariants invariants = new Invariants(scenario);
        SimulationResult outcome = Simulator.run(scenario, invariants::change, KEPT);
        invariants.check(outcome);
        return outcome;
    }

    /** Runs a scenario with many jobs and checks only its totals. */
    static SimulationResult longRun(Scenario scenario) {
        return longRun(scenario, 0);
    }

    /** The same; keeps the outcomes of so many jobs. */
    static SimulationResult longRun(Scenario scenario, int kept) {
        SimulationResult outcome = Simulator.run(scenario, change -> {}, kept);
        Invariants.checkTotals(scenario, outcome);
        return outcome;
    }

    /** Completion times in order of job id. */
    static double[] completions(SimulationResult outcome) {
        return outcome.perJob().stream()
                .sorted(Comparator.comparingLong(JobOutcome::id))
                .mapToDouble(j -> j.arrivalS() + j.responseS())
                .toArray();
    }

    static Scenario with(Scenario s, QuotaModel quota, ShareGrid grid, double parkMilli, double handoverMs) {
        return new Scenario(
                s.cores(),
                s.budgetMilli(),
                s.speedup(),
                s.policy(),
                s.workload(),
                s.seed(),
                quota,
                grid,
                parkMilli,
                handoverMs,
                s.periodMs(),
                s.maxActive(),
                s.dispatch(),
                s.chunkS());
    }

    static Scenario bounded(Scenario s, int maxActive, double parkMilli) {
        return new Scenario(
                s.cores(),
                s.budgetMilli(),
                s.speedup(),
                s.policy(),
                s.workload(),
                s.seed(),
                s.quota(),
                s.grid(),
                parkMilli,
                s.handoverMs(),
                s.periodMs(),
                OptionalInt.of(maxActive),
                s.dispatch(),
                s.chunkS());
    }

    static Scenario chunked(int cores, Speedup speedup, ConfiguredPolicy policy, Workload workload, double chunkS) {
        return new Scenario(
                cores,
                1000.0 * cores,
                speedup,
                policy,
                workload,
                1,
                QuotaModel.FLUID,
                ShareGrid.EXACT,
                0,
                0,
                100,
                OptionalInt.empty(),
                true,
                chunkS);
    }

    /** Invariants of every run, checked on its allocation changes where possible. */
    private static final class Invariants {
        private final Scenario scenario;
        private final Map<Long, Double> held = new HashMap<>();
        private double timeS;
        private double sum;
        private double heldCoreS;

        Invariants(Scenario scenario) {
            this.scenario = scenario;
        }

        void change(AllocationChange change) {
            assertThat(change.timeS()).isGreaterThanOrEqualTo(timeS);
            assertThat(change.millicores()).isNotNegative();
            if (change.timeS() > timeS && scenario.parkMilli() == 0) {
                assertThat(sum).as("millicores in use at " + timeS).isLessThanOrEqualTo(scenario.budgetMilli() + 1e-6);
            }
            heldCoreS += sum / scenario.core() * (change.timeS() - timeS);
            timeS = change.timeS();
            Double before =
                    change.millicores() == 0 ? held.remove(change.job()) : held.put(change.job(), change.millicores());
            sum = held.isEmpty() ? 0 : sum + change.millicores() - (before == null ? 0 : before);
        }

        void check(SimulationResult outcome) {
            assertThat(held).as("ended jobs have no millicores").isEmpty();
            assertThat(outcome.heldCoreS()).isCloseTo(heldCoreS, within(1e-6 * heldCoreS));
            checkTotals(scenario, outcome);
        }

        static void checkTotals(Scenario scenario, SimulationResult outcome) {
            assertThat(outcome.jobs() + outcome.refused())
                    .isEqualTo(scenario.workload().count());
            assertThat(outcome.mostHeldMilli()).isLessThanOrEqualTo(scenario.budgetMilli() + 1e-6);
            // Little's law is exact on a window that starts and ends empty.
            double little = outcome.jobs() / outcome.makespanS() * outcome.meanResponseS();
            assertThat(outcome.meanInSystem()).isCloseTo(little, within(1e-6 * little));
            if (scenario.speedup() instanceof Speedup.Linear
                    && scenario.quota() == QuotaModel.FLUID
                    && scenario.handoverMs() == 0
                    && outcome.refused() == 0) {
                assertThat(outcome.heldCoreS())
                        .as("core-seconds in use equal the work done")
                        .isCloseTo(outcome.workS(), within(1e-6 * outcome.workS()));
            }
            List<Double> quantiles = List.of(outcome.p50S(), outcome.p90S(), outcome.p99S(), outcome.maxS());
            assertThat(quantiles).isSorted();
        }
    }

    private Runs() {}
}
