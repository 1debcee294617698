package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.framequota.scheduler.controller.enforce.Enforcer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The resource {@code quotapolicies.framequota.io}: where it is, and its status. */
final class QuotaPolicyCustomResource {
    private static final ResourceDefinitionContext KIND = CustomResources.kind("QuotaPolicy", "quotapolicies");

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

    /** The policy that it made live last. */
    static @Nullable String live(GenericKubernetesResource resource) {
        return resource.get("status", "policy") instanceof String policy ? policy : null;
    }

    /** Whether a leader has found before that the present generation cannot be applied. */
    static boolean rejected(GenericKubernetesResource resource) {
        return CustomResources.observed(resource) == resource.getMetadata().getGeneration()
                && resource.get("status", "conditions") instanceof List<?> conditions
                && conditions.stream()
                        .anyMatch(c -> c instanceof Map<?, ?> condition
                                && "Applied".equals(condition.get("type"))
                                && "False".equals(condition.get("status")));
    }

    /** Writes the status. */
    static void report(KubernetesClient client, GenericKubernetesResource resource, Outcome outcome) {
        Map<String, Object> fields = outcome.policy() == null ? Map.of() : Map.of("policy", outcome.policy());
        String applied = outcome.applied() ? "True" : "False";
        CustomResources.report(
                client,
                KIND,
                resource,
                fields,
                CustomResources.condition(resource, "Applied", applied, outcome.reason(), outcome.message()));
    }

    /** Writes whether workers are held to what was decided, and why not; the condition {@code Applied} stays. */
    static void report(KubernetesClient client, GenericKubernetesResource resource, Enforcer.View enforcement) {
        Enforcer.Trouble trouble = enforcement.trouble();
        String how = enforcement.actuator().label();
        CustomResources.report(
                client,
                KIND,
                resource,
                Map.of(),
                trouble == null
                        ? CustomResources.condition(
                                resource, "Enforced", "True", "InForce", "shares are in force by " + how)
                        : CustomResources.condition(resource, "Enforced", "False", trouble.reason(), trouble.words()));
    }

    private QuotaPolicyCustomResource() {}
}
