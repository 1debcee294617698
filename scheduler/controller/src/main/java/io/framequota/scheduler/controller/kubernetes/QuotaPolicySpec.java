package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a QuotaPolicy asks for. The API server has checked its shape.
 *
 * @param policy name or alias, unchecked
 * @param parameters of the policy, unchecked; tenants are among them
 * @param budget millicores, empty for what the scheduler's settings say
 * @param actuator name, empty for what the scheduler's settings say
 */
record QuotaPolicySpec(
        String policy, Map<String, String> parameters, OptionalDouble budget, Optional<String> actuator) {
    static QuotaPolicySpec of(GenericKubernetesResource resource) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<?, ?> given = map(resource.get("spec", "parameters"));
        given.forEach((key, value) -> parameters.put(String.valueOf(key), String.valueOf(value)));
        Map<?, ?> tenants = map(resource.get("spec", "tenants"));
        if (tenants.get("label") instanceof String label) {
            parameters.put("label", label);
        }
        Map<?, ?> weights = map(tenants.get("weights"));
        if (!weights.isEmpty()) {
            StringJoiner joined = new StringJoiner(",");
            weights.forEach((name, weight) -> joined.add(name + "=" + weight));
            parameters.put("weights", joined.toString());
        }
        Object budget = resource.get("spec", "budget");
        Object policy = resource.get("spec", "policy");
        Object actuator = resource.get("spec", "actuator");
        if (!(policy instanceof String name)) {
            throw new IllegalArgumentException("spec.policy names no policy");
        }
        return new QuotaPolicySpec(
                name,
                parameters,
                budget instanceof Number millicores
                        ? OptionalDouble.of(millicores.doubleValue())
                        : OptionalDouble.empty(),
                actuator instanceof String text ? Optional.of(text) : Optional.empty());
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
