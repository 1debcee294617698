package io.framequota.scheduler.policy.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimalCostsTest {
    private static final Offset<Double> EXACT = within(1e-6);

    @Test
    void costsAndSharesOfFourJobsOnTwoCores() {
        OptimalCosts costs = OptimalCosts.of(new Speedup.Amdahl(0.8), 2, 4);

        assertThat(first(costs, 4)).containsExactly(new double[] {0.6, 1.2, 1.758823, 2.240388}, EXACT);
        assertThat(costs.shares(4)).containsExactly(new double[] {1.047, 0.953}, within(5e-4));
        assertThat(costs.shares(3)).containsExactly(new double[] {1.41421, 0.58579}, within(5e-6));
        assertThat(costs.shares(2)[0]).isCloseTo(2, EXACT);
    }

    @Test
    void costsOfEightJobsOnFourCores() {
        OptimalCosts costs = OptimalCosts.of(new Speedup.Amdahl(0.9), 4, 8);

        assertThat(first(costs, 8))
                .containsExactly(
                        new double[] {.325, .65, .94, 1.219211, 1.49843, 1.775166, 2.040405, 2.294601}, within(5e-6));
    }

    @Test
    void linearAndCappedSpeedupsGiveTheKnownCosts() {
        assertThat(first(OptimalCosts.of(Speedup.LINEAR, 2, 4), 4))
                .containsExactly(new double[] {0.5, 1, 1.5, 2}, EXACT);
        assertThat(first(OptimalCosts.of(new Speedup.Capped(1), 2, 4), 4))
                .containsExactly(new double[] {1, 1, 2, 2}, EXACT);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.3, 0.5, 0.7, 0.9})
    void costsOfAPowerSpeedupEqualHeSrpt(double p) {
        double a = 1 / (1 - p);
        OptimalCosts costs = OptimalCosts.of(new Speedup.Power(p), 4, 8);

        for (int k = 1; k <= 8; k++) {
            double closed = Math.pow(4, -p) * Math.pow(Math.pow(k, a) - Math.pow(k - 1, a), 1 - p);
            assertThat(costs.cost(k)).as("k=" + k).isCloseTo(closed, within(1e-5 * closed));
        }
    }

    @Test
    void extendingCostsKeepsTheKnownOnes() {
        Speedup speedup = new Speedup.Amdahl(0.7);

        OptimalCosts extended = OptimalCosts.of(speedup, 8, 5).extended(speedup, 8, 40);

        assertThat(first(extended, 40))
                .isEqualTo(first(OptimalCosts.of(speedup, 8, 40), 40))
                .isSorted();
    }

    private static double[] first(OptimalCosts costs, int count) {
        double[] all = new double[count];
        for (int k = 1; k <= count; k++) {
            all[k - 1] = costs.cost(k);
        }
        return all;
    }
}
