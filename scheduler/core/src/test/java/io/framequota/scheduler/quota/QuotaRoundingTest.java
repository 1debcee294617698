package io.framequota.scheduler.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class QuotaRoundingTest {
    /** Shares that a policy could give for this budget. */
    record Case(double budget, double[] shares, boolean[] placed) {}

    @Test
    void remainderGoesToTheLargestFractions() {
        QuotaRounding.Quotas quotas = round(2000, 666.66, 666.67, 666.67);

        assertThat(quotas.millicores()).containsExactly(660, 670, 670);
        assertThat(runnableTotal(quotas)).isEqualTo(2000);
    }

    @Test
    void parkedContainerKeepsTenMillicoresOutsideTheBudget() {
        QuotaRounding.Quotas quotas =
                QuotaRounding.round(new double[] {2000, 0, 0}, new boolean[] {true, true, false}, 2000);

        assertThat(quotas.millicores()).containsExactly(2000, 10, 0);
        assertThat(quotas.runnable()).containsExactly(true, false, false);
        assertThat(runnableTotal(quotas)).isEqualTo(2000);
    }

    @Test
    void shareThatRoundsToZeroIsParked() {
        QuotaRounding.Quotas quotas = round(20, 10, 5, 5);

        assertThat(quotas.millicores()).containsExactly(10, 10, 10);
        assertThat(quotas.runnable()).containsExactly(true, true, false);
        assertThat(runnableTotal(quotas)).isEqualTo(20);
    }

    @Test
    void sharesOnTheGridStayUnchangedDespiteRoundingErrors() {
        assertThat(round(2000, 2000.0 / 3 * 0.3, 2000 - 200 + 1e-10).millicores())
                .containsExactly(200, 1800);
    }

    @Property(tries = 500)
    void quotasAreMultiplesOfTenWithinTheBudget(@ForAll("cases") Case given) {
        QuotaRounding.Quotas quotas = QuotaRounding.round(given.shares, given.placed, given.budget);

        for (int quota : quotas.millicores()) {
            assertThat(quota % 10).isZero();
            assertThat(quota).isNotNegative();
        }
        assertThat((double) runnableTotal(quotas)).isLessThanOrEqualTo(given.budget + 1e-6);
    }

    @Property(tries = 500)
    void quotasDifferFromSharesByLessThanOneStepAndUseTheBudget(@ForAll("cases") Case given) {
        QuotaRounding.Quotas quotas = QuotaRounding.round(given.shares, given.placed, given.budget);

        for (int i = 0; i < given.shares.length; i++) {
            int own = quotas.runnable()[i] ? quotas.millicores()[i] : 0;
            assertThat(own - given.shares[i]).isBetween(-10.0, 10.0);
        }
        double total = Arrays.stream(given.shares).sum();
        assertThat(total - runnableTotal(quotas)).isLessThan(10 + 1e-6);
    }

    @Property(tries = 300)
    void placedContainersHaveAtLeastTenMillicores(@ForAll("cases") Case given) {
        QuotaRounding.Quotas quotas = QuotaRounding.round(given.shares, given.placed, given.budget);

        for (int i = 0; i < given.shares.length; i++) {
            if (given.placed[i]) {
                assertThat(quotas.millicores()[i]).isGreaterThanOrEqualTo(10);
            }
        }
    }

    private static int runnableTotal(QuotaRounding.Quotas quotas) {
        return IntStream.range(0, quotas.millicores().length)
                .filter(i -> quotas.runnable()[i])
                .map(i -> quotas.millicores()[i])
                .sum();
    }

    private static QuotaRounding.Quotas round(double budget, double... shares) {
        boolean[] placed = new boolean[shares.length];
        Arrays.fill(placed, true);
        return QuotaRounding.round(shares, placed, budget);
    }

    @Provide
    Arbitrary<Case> cases() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 64_000).map(b -> b / 10.0 * 10),
                        Arbitraries.doubles().between(0, 1).list().ofMinSize(1).ofMaxSize(40),
                        Arbitraries.of(true, false).list().ofSize(40))
                .as(QuotaRoundingTest::fractions);
    }

    private static Case fractions(double budget, List<Double> weights, List<Boolean> placed) {
        double sum = Math.max(1e-9, weights.stream().mapToDouble(w -> w).sum());
        double[] shares = weights.stream().mapToDouble(w -> budget * w / sum).toArray();
        boolean[] flags = new boolean[shares.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = placed.get(i) || shares[i] > 0;
        }
        return new Case(budget, shares, flags);
    }
}
