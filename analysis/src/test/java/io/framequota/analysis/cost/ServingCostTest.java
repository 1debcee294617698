package io.framequota.analysis.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ServingCostTest {
    private static final Prices FIVE_CENTS = new Prices(0.05, 0);

    @Test
    void aHundredThousandAYearAtTwoHundredMillisecondsDoublesAtFourHundred() {
        // 36 thousand million requests a year of 0.2 core-seconds are two million core-hours.
        ServingCost served = new ServingCost(0.2, 1, 0, 36e9 / 365, 1);

        assertThat(served.perYear(FIVE_CENTS)).isCloseTo(100_000, within(1e-6));
        assertThat(served.withLatency(0.4).perYear(FIVE_CENTS)).isCloseTo(200_000, within(1e-6));
        assertThat(served.busyCores()).isCloseTo(2e6 / (365 * 24), within(1e-9));
    }

    @Test
    void whatIsPaidAndNotUsedCostsAsMuch() {
        ServingCost half = new ServingCost(1, 2, 0.5, 86_400, 0.5);

        assertThat(half.busyCores()).isEqualTo(2);
        assertThat(half.paidCores()).isEqualTo(4);
        assertThat(half.perDay(new Prices(1, 10))).isCloseTo(24 * (2 + 0.5 * 10) / 0.5, within(1e-9));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new ServingCost(0, 1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServingCost(1, 1, 0, 1, 1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Prices(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
