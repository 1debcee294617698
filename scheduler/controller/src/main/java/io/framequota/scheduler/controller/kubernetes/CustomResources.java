package io.framequota.scheduler.controller.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Common parts of the custom resources of {@code framequota.io}: their API group and the form of their status. */
final class CustomResources {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ResourceDefinitionContext kind(String kind, String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("framequota.io")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    /** The generation that the status describes, 0 for none. */
    static long observed(GenericKubernetesResource resource) {
        return resource.get("status", "observedGeneration") instanceof Number generation ? generation.longValue() : 0;
    }

    /** A condition that describes the present generation. */
    static Map<String, Object> condition(
            GenericKubernetesResource resource, String type, String status, String reason, String message) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", status);
        condition.put("reason", reason);
        condition.put("message", message);
        condition.put("observedGeneration", resource.getMetadata().getGeneration());
        condition.put(
                "lastTransitionTime",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return condition;
    }

    /**
     * Patches the status of the present generation: sets fields and one condition; other conditions stay, and a null value removes
     * its field.
     */
    static void report(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            GenericKubernetesResource resource,
            Map<String, Object> fields,
            Map<String, Object> condition) {
        Map<String, Object> status = new LinkedHashMap<>(fields);
        status.put("observedGeneration", resource.getMetadata().getGeneration());
        List<Object> conditions = new ArrayList<>();
        if (resource.get("status", "conditions") instanceof List<?> before) {
            before.stream()
                    .filter(c ->
                            c instanceof Map<?, ?> other && !Objects.equals(condition.get("type"), other.get("type")))
                    .forEach(conditions::add);
        }
        conditions.add(condition);
        status.put("conditions", conditions);
        client.genericKubernetesResources(kind)
                .inNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), json(Map.of("status", status)));
    }

    static String json(Map<String, Object> value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private CustomResources() {}
}
