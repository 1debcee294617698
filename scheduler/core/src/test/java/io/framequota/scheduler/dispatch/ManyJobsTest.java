package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManyJobsTest {
    /** The timeout is far above the usual time of one or two seconds. Decisions in quadratic time would exceed it. */
    @ParameterizedTest
    @ValueSource(strings = {"one-core-per-request", "divide-and-conquer", "one-request-at-a-time"})
    @Timeout(60)
    void aThousandOfTenThousandRequestsEndInTime(String policy) {
        VirtualCluster cluster = new VirtualCluster(policy, Map.of(), 2, DispatcherSettings.UNCAPPED);
        cluster.submitTogether(10_000, 1, 10);

        cluster.runUntil(() -> cluster.ended() == 1_000, 3_600_000_000L);

        assertThat(cluster.dispatcher.status().jobs()).hasSizeGreaterThan(8_900);
    }
}
