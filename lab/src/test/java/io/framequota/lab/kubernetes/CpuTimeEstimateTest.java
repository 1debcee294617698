package io.framequota.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CpuTimeEstimateTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aQuotaOverTimeIsCpuTime() {
        CpuTimeEstimate accrued = new CpuTimeEstimate(0);

        accrued.quota(500, SECOND);
        accrued.quota(10, 3 * SECOND);

        assertThat(accrued.cpuS(4 * SECOND)).isCloseTo(1.01, within(1e-9));
    }

    @Test
    void threadsLimitIt() {
        CpuTimeEstimate accrued = new CpuTimeEstimate(0);

        accrued.quota(2000, 0);
        accrued.threads(2, SECOND);

        assertThat(accrued.cpuS(2 * SECOND)).isCloseTo(1 + 2, within(1e-9));
    }

    @Test
    void whatIsToldLateTakesNothingBack() {
        CpuTimeEstimate accrued = new CpuTimeEstimate(0);
        accrued.quota(1000, 0);

        double before = accrued.cpuS(2 * SECOND);
        accrued.quota(10, SECOND);

        assertThat(accrued.cpuS(2 * SECOND)).isEqualTo(before);
    }
}
