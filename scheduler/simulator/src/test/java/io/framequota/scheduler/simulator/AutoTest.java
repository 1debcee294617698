package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.fluid;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The policy auto, compared with the simple policies and the optimum. */
class AutoTest {
    private static final int[][] SIZES = {{4, 2}, {4, 4}, {8, 4}, {4, 8}, {16, 8}, {8, 16}};
    private static final double[] FRACTIONS = {.5, .7, .8, .9, .95, .99, 1};

    static List<Arguments> sweep() {
        List<Arguments> all = new ArrayList<>();
        for (int[] size : SIZES) {
            for (double fraction : FRACTIONS) {
                all.add(Arguments.of(size[0], size[1], fraction));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("sweep")
    void autoIsWithinTwoPerCentOfTheBestSimplePolicyAndNotBelowTheOptimum(int n, int c, double fraction) {
        Speedup speedup = new Speedup.Amdahl(fraction);
        Workload workload = equal(n, 1);
        double best = Double.POSITIVE_INFINITY;
        for (String name : List.of("one-core-per-request", "divide-and-conquer", "one-request-at-a-time")) {
            best = Math.min(best, fluid(c, speedup, policy(name), workload).meanResponseS());
        }
        for (int width = 1; width <= c; width++) {
            best = Math.min(
                    best,
                    fluid(c, speedup, policy("gang", "width", "" + width), workload)
                            .meanResponseS());
        }

        double auto = fluid(c, speedup, policy("auto"), workload).meanResponseS();
        double optimum = fluid(c, speedup, policy("concave-optimum"), workload).meanResponseS();

        assertThat(auto).isLessThanOrEqualTo(1.02 * best).isGreaterThanOrEqualTo(optimum * (1 - 1e-9));
        assertThat(1 - optimum / best).as("advantage of the optimum").isBetween(-1e-9, 0.0625);
    }

    /** Idle cores of a request are not lost if another request uses them. So they are a limit, not a speedup. */
    @Test
    void autoGivesUnusableCoresToOthers() {
        Workload limited = Workload.trace(IntStream.rangeClosed(1, 4)
                .mapToObj(i -> new Arrival(i, 0, 1, Map.of(), 2))
                .toList());

        double mean = fluid(3, Speedup.LINEAR, policy("auto"), limited).meanResponseS();

        // If idle cores were lost: one at a time on 2 of 3 cores 1.25 s, two on 1.5 each 1 s, three on 1 each 1.25 s.
        assertThat(mean).isCloseTo(47.0 / 48, within(1e-9));
    }

    @Test
    void wrongWidthCostsTheComputedAmount() {
        assertThat(fluid(16, new Speedup.Amdahl(1), policy("one-core-per-request"), equal(8, 1))
                        .meanResponseS())
                .isCloseTo(1.00, within(1e-9));
        assertThat(fluid(16, new Speedup.Amdahl(1), policy("auto"), equal(8, 1)).meanResponseS())
                .isCloseTo(0.281, within(5e-4));
        assertThat(fluid(8, new Speedup.Amdahl(0.5), policy("one-request-at-a-time"), equal(16, 1))
                        .meanResponseS())
                .isCloseTo(4.78, within(5e-3));
        assertThat(fluid(8, new Speedup.Amdahl(0.5), policy("auto"), equal(16, 1))
                        .meanResponseS())
                .isCloseTo(1.50, within(5e-3));
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.9", "1"})
    void autoKeepsUpWithTheBestSimplePolicyUnderArrivals(double fraction) {
        Speedup speedup = new Speedup.Amdahl(fraction);
        Workload workload = Workload.poisson(2.8, new SizeDistribution.Exponential(1), 50_000);
        double best = Double.POSITIVE_INFINITY;
        for (var simple :
                List.of(policy("one-core-per-request"), policy("divide-and-conquer"), policy("gang", "width", "2"))) {
            best = Math.min(best, fluid(4, speedup, simple, workload).meanResponseS());
        }

        double auto = fluid(4, speedup, policy("auto"), workload).meanResponseS();
        assertThat(auto).isLessThan(best);
    }

    @Test
    void autoServesATraceOfTenants() {
        Workload workload = Workload.trace(List.of(
                new Arrival(1, 0, 1, Map.of("tenant", "a")),
                new Arrival(2, 0, 1, Map.of("tenant", "a")),
                new Arrival(3, 0, 1, Map.of("tenant", "b"))));

        // b has half of the machine; the other two share the rest.
        SimulationResult outcome = fluid(1, Speedup.LINEAR, policy("weighted-fair"), workload);
        assertThat(Runs.completions(outcome)).containsExactly(new double[] {3, 3, 2}, within(1e-9));
        assertThat(fluid(1, Speedup.LINEAR, policy("auto"), workload).jobs()).isEqualTo(3);
    }
}
