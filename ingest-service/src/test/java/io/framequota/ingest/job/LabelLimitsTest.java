package io.framequota.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelLimitsTest {
    @Test
    void labelsWithinTheLimitAreAllKept() {
        Map<String, String> labels = Map.of("a", "x".repeat(4000), "b", "y".repeat(4000));

        assertThat(LabelLimits.truncated(labels)).isEqualTo(labels);
    }

    @Test
    void labelsBeyondTheLimitAreLeftOut() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("a", "€".repeat(2700));
        labels.put("b", "€".repeat(2700));
        labels.put("c", "z");

        assertThat(LabelLimits.truncated(labels)).containsOnlyKeys("a", "c");
    }

    @Test
    void theSchedulerGetsLabelsThatPoliciesReadFirst() {
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 10; i < 74; i++) {
            labels.put("a" + i, "€".repeat(200));
        }
        labels.put("note", "x".repeat(2000));
        labels.put("weight", "2");
        labels.put("tenant", "€".repeat(253));
        labels.put("deadline", "30");

        Map<String, String> sent = LabelLimits.forScheduler(labels);

        assertThat(sent).containsKeys("deadline", "weight", "tenant", "a10").doesNotContainKey("note");
        assertThat(LabelLimits.bytes(sent)).isLessThanOrEqualTo(LabelLimits.MAX_SCHEDULER_BYTES);
    }
}
