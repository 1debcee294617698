package io.framequota.common.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CpuQuotaTest {
    @Test
    void millicoresBecomeMicrosecondsOfTheKubeletsPeriod() {
        assertThat(CpuQuota.ofMillicores(250)).isEqualTo(new CpuQuota(25_000, 100_000));
        assertThat(CpuQuota.ofMillicores(1500).millicores()).isEqualTo(1500);
    }

    @Test
    void smallestQuotaIsThatOfAParkedWorker() {
        assertThat(CpuQuota.ofMillicores(CpuQuota.PARKED_MILLI).quotaUs()).isEqualTo(1000);
        assertThatIllegalArgumentException().isThrownBy(() -> CpuQuota.ofMillicores(0));
        assertThatIllegalArgumentException().isThrownBy(() -> CpuQuota.ofMillicores(15));
    }

    @Test
    void refusesASmallQuotaInAShortPeriod() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuQuota.ofMillicores(10, 10_000))
                .withMessageContaining("1000");
    }

    @Test
    void unlimitedQuotaHasInfiniteMillicores() {
        assertThat(CpuQuota.unlimited().limited()).isFalse();
        assertThat(CpuQuota.unlimited().millicores()).isInfinite();
    }
}
