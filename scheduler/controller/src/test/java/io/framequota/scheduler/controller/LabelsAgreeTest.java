package io.framequota.scheduler.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.label.PolicyLabels;
import io.framequota.scheduler.policy.SchedulingLabels;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken at submission is what policies read. */
class LabelsAgreeTest {
    @ParameterizedTest
    @ValueSource(strings = {"1", "30", "2.5", "0.000000001", "999999999", "007"})
    void labelValueThatIngestAcceptsIsReadByPolicies(String value) {
        Map<String, String> labels = Map.of(PolicyLabels.DEADLINE, value, PolicyLabels.WEIGHT, value);

        assertThat(PolicyLabels.problem(labels)).isEmpty();
        assertThat(PolicyLabels.DEADLINE).isEqualTo(SchedulingLabels.DEADLINE);
        assertThat(PolicyLabels.WEIGHT).isEqualTo(SchedulingLabels.WEIGHT);
        assertThat(SchedulingLabels.deadline(labels, 100)).isEqualTo(100 + Double.parseDouble(value));
        assertThat(SchedulingLabels.weight(labels)).isEqualTo(Double.parseDouble(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "0", "NaN", ""})
    void labelValueThatPoliciesCannotReadIsNotAccepted(String value) {
        assertThat(PolicyLabels.problem(Map.of(PolicyLabels.DEADLINE, value))).isPresent();
        assertThat(SchedulingLabels.weight(Map.of(SchedulingLabels.WEIGHT, value)))
                .isEqualTo(1);
    }
}
