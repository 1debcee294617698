package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The spec of a QuotaPolicy; the API server has validated it against the schema.
 *
 * @param policy name or alias, not validated
 * @param parameters of the policy including the tenants, not validated
 * @param budget millicores, empty for the scheduler's settings
 * @param actuator name, empty for the scheduler's settings
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
