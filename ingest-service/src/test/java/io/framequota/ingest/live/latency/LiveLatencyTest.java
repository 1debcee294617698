package io.framequota.ingest.live.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LiveLatencyTest {
    private static final Instant START = Instant.ofEpochSecond(1000);

    private final LiveLatency latency = new LiveLatency();

    @Test
    void percentilesAreThoseOfTheLastMinute() {
        latency.add(START, 9000);
        for (int i = 1; i <= 100; i++) {
            latency.add(START.plusSeconds(61).plusMillis(i * 100), i);
        }

        LiveLatency.Summary summary = latency.summary(START.plusSeconds(71));

        assertThat(summary.p50()).isEqualTo(50);
        assertThat(summary.p95()).isEqualTo(95);
        assertThat(summary.perSecond()).isBetween(10.0, 10.2);
    }

    @Test
    void withoutResultsThereIsNothing() {
        latency.add(START, 10);

        assertThat(latency.summary(START.plusSeconds(120))).isEqualTo(new LiveLatency.Summary(0, 0, 0));
    }

    @Test
    void moreSamplesThanFitReplaceTheOldest() {
        for (int i = 0; i < 10_000; i++) {
            latency.add(START, i < 5000 ? 1 : 100);
        }

        assertThat(latency.summary(START).p50()).isEqualTo(100);
    }
}
