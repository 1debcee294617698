package io.framequota.scheduler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QuotaTest {
    @Test
    void aQuotaIsTheKubeletsMicrosecondsOfAPeriod() {
        assertThat(Quota.ofMillicores(250)).isEqualTo(new Quota(25_000, 100_000));
        assertThat(Quota.ofMillicores(1500).millicores()).isEqualTo(1500);
    }

    @Test
    void theLeastQuotaIsWhatAParkedWorkerKeeps() {
        assertThat(Quota.ofMillicores(Quota.PARKED_MILLI).quotaUs()).isEqualTo(1000);
        assertThatIllegalArgumentException().isThrownBy(() -> Quota.ofMillicores(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Quota.ofMillicores(15));
    }

    @Test
    void aShortPeriodCannotHoldASmallQuota() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quota.ofMillicores(10, 10_000))
                .withMessageContaining("1000");
    }

    @Test
    void withoutALimitThereAreNoMillicoresToCount() {
        assertThat(Quota.unlimited().limited()).isFalse();
        assertThat(Quota.unlimited().millicores()).isInfinite();
    }
}
