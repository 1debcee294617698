package io.framequota.scheduler.controller.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The resource {@code quotapolicies.framequota.io}: where it is, and its status. */
final class QuotaPolicies {
    private static final ResourceDefinitionContext KIND = new ResourceDefinitionContext.Builder()
            .withGroup("framequota.io")
            .withVersion("v1alpha1")
            .withKind("QuotaPolicy")
            .withPlural("quotapolicies")
            .withNamespaced(true)
            .build();
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What became of a generation.
     *
     * @param applied whether it is in force
     * @param reason one word
     * @param message for people
     * @param policy canonical name of the policy that it made live, null when it did not
     */
    record Outcome(
            boolean applied,
            String reason,
            String message,
            @Nullable String policy) {}

    static Resource<GenericKubernetesResource> named(KubernetesClient client, String namespace, String name) {
        return client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name);
    }

    /** The generation that was tried last, 0 for none. */
    static long observed(GenericKubernetesResource resource) {
        return resource.get("status", "observedGeneration") instanceof Number generation ? generation.longValue() : 0;
    }

    /** The policy that it made live last. */
    static @Nullable String live(GenericKubernetesResource resource) {
        return resource.get("status", "policy") instanceof String policy ? policy : null;
    }

    /** Writes the status. */
    static void report(KubernetesClient client, GenericKubernetesResource resource, Outcome outcome) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", "Applied");
        condition.put("status", outcome.applied() ? "True" : "False");
        condition.put("reason", outcome.reason());
        condition.put("message", outcome.message());
        condition.put("observedGeneration", resource.getMetadata().getGeneration());
        condition.put(
                "lastTransitionTime",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("observedGeneration", resource.getMetadata().getGeneration());
        if (outcome.policy() != null) {
            status.put("policy", outcome.policy());
        }
        status.put("conditions", List.of(condition));
        named(
                        client,
                        resource.getMetadata().getNamespace(),
                        resource.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), json(Map.of("status", status)));
    }

    private static String json(Map<String, Object> value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private QuotaPolicies() {}
}
