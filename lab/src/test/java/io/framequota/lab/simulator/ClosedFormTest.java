package io.framequota.lab.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import org.junit.jupiter.api.Test;

/** The formula sheet's values for batches. */
class ClosedFormTest {
    private static final double[] FOUR = {1, 1, 1, 1};

    @Test
    void theSeedExperimentHasItsThreeValues() {
        assertThat(ClosedForm.oneCore(FOUR, 2)).isEqualTo(1.5);
        assertThat(ClosedForm.equalShares(FOUR, 2, Speedup.LINEAR)).isEqualTo(2.0);
        assertThat(ClosedForm.oneAtATime(FOUR, 2, false)).isEqualTo(1.25);
    }

    @Test
    void equalSharesOfUnequalSizesUnderThePowerLaw() {
        double[] sizes = {3, 2, 1};

        assertThat(3 * ClosedForm.equalShares(sizes, 4, new Speedup.Power(0.5))).isCloseTo(4.5122898, within(1e-7));
    }

    @Test
    void theShortestFirstIsNeverLaterInTheMean() {
        double[] sizes = {3, 1, 2};

        assertThat(3 * ClosedForm.oneAtATime(sizes, 2, true)).isEqualTo(5.0);
        assertThat(3 * ClosedForm.oneAtATime(sizes, 2, false)).isEqualTo(6.5);
    }
}
