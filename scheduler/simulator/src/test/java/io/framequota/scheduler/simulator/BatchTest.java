package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.batch;
import static io.framequota.scheduler.simulator.Runs.completions;
import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.fluid;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that are all present at the start, compared with closed forms. */
class BatchTest {
    private static final Offset<Double> EXACT = within(1e-6);

    @ParameterizedTest
    @CsvSource({"one-core-per-request, 1.5", "divide-and-conquer, 2.0", "one-request-at-a-time, 1.25"})
    void theSeedExperiment(String name, double mean) {
        SimulationResult outcome = fluid(2, Speedup.LINEAR, policy(name), equal(4, 1));

        assertThat(outcome.meanResponseS()).isCloseTo(mean, EXACT);
        assertThat(outcome.makespanS()).isCloseTo(2.0, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 2", "5, 2", "7, 3", "16, 8", "3, 4", "9, 4"})
    void equalJobsOfAnyNumberOnAnyNumberOfCores(int n, int c) {
        double x = 0.7;
        Speedup speedup = new Speedup.Amdahl(0.9);
        double core = 0;
        for (int i = 1; i <= n; i++) {
            core += x * Math.ceilDiv(i, c) / n;
        }

        assertThat(fluid(c, speedup, policy("one-core-per-request"), equal(n, x))
                        .meanResponseS())
                .isCloseTo(core, EXACT);
        assertThat(fluid(c, speedup, policy("one-request-at-a-time"), equal(n, x))
                        .meanResponseS())
                .isCloseTo((n + 1) * x / (2 * speedup.at(c)), EXACT);
        assertThat(fluid(c, speedup, policy("divide-and-conquer"), equal(n, x)).meanResponseS())
                .isCloseTo(x / speedup.at((double) c / n), EXACT);
        for (int g = 1; g <= c; g++) {
            if (c % g == 0) {
                double gang = 0;
                for (int i = 1; i <= n; i++) {
                    gang += x / speedup.at(g) * Math.ceilDiv(i * g, c) / n;
                }
                assertThat(fluid(c, speedup, policy("gang", "width", "" + g), equal(n, x))
                                .meanResponseS())
                        .isCloseTo(gang, EXACT);
            }
        }
    }

    @Test
    void oneAtATimeAndOneCorePerRequestAreEqualAtTheCrossover() {
        Speedup speedup = new Speedup.Amdahl(0.8);

        assertThat(speedup.at(2)).isCloseTo(5.0 / 3, EXACT);
        assertThat(fluid(2, speedup, policy("one-request-at-a-time"), equal(4, 1))
                        .meanResponseS())
                .isCloseTo(1.5, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"0.05", "0.16666666666666666", "0.4"})
    void handoverDelaysEveryJobButTheFirst(double delay) {
        Scenario scenario = Scenario.fluid(2, Speedup.LINEAR, policy("one-request-at-a-time"), equal(4, 1), 1);

        SimulationResult outcome = Runs.run(Runs.with(scenario, QuotaModel.FLUID, ShareGrid.EXACT, 0, delay * 1000));

        assertThat(outcome.meanResponseS()).isCloseTo(5.0 / 4 + 3 * delay / 2, EXACT);
    }

    @Test
    void handoverOfASixthOfASecondMakesThePoliciesTie() {
        Scenario scenario = Scenario.fluid(2, Speedup.LINEAR, policy("one-request-at-a-time"), equal(4, 1), 1);

        assertThat(Runs.run(Runs.with(scenario, QuotaModel.FLUID, ShareGrid.EXACT, 0, 1000.0 / 6))
                        .meanResponseS())
                .isCloseTo(1.5, EXACT);
    }

    @Test
    void shortestFirstOfGeneralSizes() {
        double[] sizes = {3, 0.5, 2, 2, 7, 1};
        Speedup speedup = new Speedup.Amdahl(0.9);
        double[] sorted = sizes.clone();
        Arrays.sort(sorted);
        double sum = 0;
        for (int j = 0; j < sorted.length; j++) {
            sum += (sorted.length - j) * sorted[j] / speedup.at(4);
        }

        for (String name : new String[] {"srpt", "one-request-at-a-time"}) {
            SimulationResult outcome = name.equals("srpt")
                    ? fluid(4, speedup, policy(name), batch(sizes))
                    : fluid(4, speedup, policy(name, "order", "shortest-first"), batch(sizes));
            assertThat(outcome.meanResponseS() * sizes.length).as(name).isCloseTo(sum, EXACT);
        }
    }

    @Test
    void equalSharesOfGeneralSizes() {
        double[] sizes = {3, 0.5, 2, 2, 7, 1};
        Speedup speedup = new Speedup.Power(0.5);
        double[] sorted = sizes.clone();
        Arrays.sort(sorted);
        double sum = 0;
        double before = 0;
        for (int j = 0; j < sorted.length; j++) {
            int left = sorted.length - j;
            sum += left * (sorted[j] - before) / speedup.at(4.0 / left);
            before = sorted[j];
        }

        assertThat(fluid(4, speedup, policy("divide-and-conquer"), batch(sizes)).meanResponseS() * sizes.length)
                .isCloseTo(sum, EXACT);
    }

    @Test
    void heSrptForFlowTime() {
        SimulationResult outcome = fluid(4, new Speedup.Power(0.5), policy("hesrpt"), batch(3, 2, 1));

        assertThat(completions(outcome)).containsExactly(new double[] {2.3009570, 1.3783073, 0.6708204}, EXACT);
        assertThat(outcome.meanResponseS() * 3).isCloseTo(4.3500848, EXACT);
    }

    @Test
    void heSrptForSlowdown() {
        SimulationResult outcome =
                fluid(4, new Speedup.Power(0.5), policy("hesrpt", "objective", "slowdown"), batch(3, 2, 1));

        assertThat(completions(outcome)).containsExactly(new double[] {2.4608399, 1.3972757, 0.5613414}, EXACT);
        assertThat(outcome.meanSlowdown() * 3).isCloseTo(2.0802592, EXACT);
    }

    @Test
    void otherPoliciesBesideHeSrpt() {
        Speedup power = new Speedup.Power(0.5);

        SimulationResult fair = fluid(4, power, policy("divide-and-conquer"), batch(3, 2, 1));
        SimulationResult srpt = fluid(4, power, policy("srpt"), batch(3, 2, 1));

        assertThat(completions(fair)).containsExactly(new double[] {2.0731322, 1.5731322, 0.8660254}, EXACT);
        assertThat(completions(srpt)).containsExactly(new double[] {3, 1.5, 0.5}, EXACT);
    }

    @ParameterizedTest
    @CsvSource({
        "0.3, 0.8039343, 0.8122524, 1.3397168",
        "0.5, 0.6729774, 0.7071068, 0.8838835",
        "0.9, 0.3836340, 0.5358867, 0.3847326"
    })
    void fourEqualJobsOnEightCores(double p, double optimum, double fair, double one) {
        Speedup power = new Speedup.Power(p);

        assertThat(fluid(8, power, policy("hesrpt"), equal(4, 1)).meanResponseS())
                .isCloseTo(optimum, EXACT);
        assertThat(fluid(8, power, policy("concave-optimum"), equal(4, 1)).meanResponseS())
                .isCloseTo(optimum, EXACT);
        assertThat(fluid(8, power, policy("divide-and-conquer"), equal(4, 1)).meanResponseS())
                .isCloseTo(fair, EXACT);
        assertThat(fluid(8, power, policy("one-request-at-a-time"), equal(4, 1)).meanResponseS())
                .isCloseTo(one, EXACT);
    }

    @ParameterizedTest
    @CsvSource({"0.05", "0.3", "0.5", "0.7", "0.9", "0.99"})
    void heSrptOfTwelveJobsMatchesItsClosedForm(double p) {
        double[] sizes = {9.1, 5.5, 4.2, 3.3, 2.8, 2.1, 1.7, 1.4, 1.2, 1.1, 1.05, 1.01};
        double a = 1 / (1 - p);
        double sum = 0;
        for (int k = 1; k <= sizes.length; k++) {
            sum += sizes[k - 1] * Math.pow(Math.pow(k, a) - Math.pow(k - 1, a), 1 - p) * Math.pow(4, -p);
        }

        assertThat(fluid(4, new Speedup.Power(p), policy("hesrpt"), batch(sizes))
                                .meanResponseS()
                        * sizes.length)
                .isCloseTo(sum, within(1e-6 * sum));
    }

    @ParameterizedTest
    @CsvSource({
        "1.00, 1.2500",
        "0.95, 1.3125",
        "0.90, 1.3750",
        "0.85, 1.4234",
        "0.80, 1.4498",
        "0.75, 1.4685",
        "0.70, 1.4833",
        "0.50, 1.5000"
    })
    void optimumOfFourJobsUnderAmdahlsLaw(double fraction, double mean) {
        // The expected values have four decimals.
        assertThat(fluid(2, new Speedup.Amdahl(fraction), policy("concave-optimum"), equal(4, 1))
                        .meanResponseS())
                .isCloseTo(mean, within(5.1e-5));
    }

    @Test
    void optimumOfOtherSizesFollowsFromTheSameCosts() {
        assertThat(fluid(2, new Speedup.Amdahl(0.8), policy("concave-optimum"), batch(4, 3, 2, 1))
                                .meanResponseS()
                        * 4)
                .isCloseTo(11.758033, EXACT);
        assertThat(fluid(4, new Speedup.Amdahl(0.9), policy("concave-optimum"), equal(8, 1))
                        .meanResponseS())
                .isCloseTo(1.342852, EXACT);
    }

    @Test
    void optimumContainsTheSimplePolicies() {
        assertThat(fluid(2, Speedup.LINEAR, policy("concave-optimum"), equal(4, 1))
                        .meanResponseS())
                .isCloseTo(1.25, EXACT);
        assertThat(fluid(2, new Speedup.Capped(1), policy("concave-optimum"), equal(4, 1))
                        .meanResponseS())
                .isCloseTo(1.5, EXACT);
    }
}
