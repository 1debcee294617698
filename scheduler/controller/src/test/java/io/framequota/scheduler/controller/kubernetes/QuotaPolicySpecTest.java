package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuotaPolicySpecTest {
    @Test
    void tenantsAreParametersOfThePolicy() {
        QuotaPolicySpec spec = spec("{policy: weighted-fair, tenants: {label: team, weights: {gold: 3, silver: 1}}}");

        assertThat(spec.policy()).isEqualTo("weighted-fair");
        assertThat(spec.parameters()).isEqualTo(Map.of("label", "team", "weights", "gold=3,silver=1"));
        assertThat(spec.budget()).isEmpty();
        assertThat(spec.actuator()).isEmpty();
    }

    @Test
    void parametersMayBeNumbers() {
        QuotaPolicySpec spec =
                spec("{policy: gang, parameters: {width: 2, max_active: '4'}, budget: 1500, actuator: weight}");

        assertThat(spec.parameters()).isEqualTo(Map.of("width", "2", "max_active", "4"));
        assertThat(spec.budget()).hasValue(1500);
        assertThat(spec.actuator()).isEqualTo(Optional.of("weight"));
    }

    private static QuotaPolicySpec spec(String yaml) {
        return QuotaPolicySpec.of(Serialization.unmarshal(
                "apiVersion: framequota.io/v1alpha1\nkind: QuotaPolicy\nmetadata: {name: live}\nspec: " + yaml,
                GenericKubernetesResource.class));
    }
}
