package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.framequota.scheduler.controller.enforce.Enforcer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The custom resource {@code quotapolicies.framequota.io}: reads and writes its status. */
final class QuotaPolicyCustomResource {
    private static final ResourceDefinitionContext KIND = CustomResources.kind("QuotaPolicy", "quotapolicies");

    /**
     * The result of applying a generation: the condition {@code Applied}.
     *
     * @param applied whether it is in force
     * @param reason of the condition
     * @param message of the condition
     * @param policy canonical name of the policy that it made live, null if it was not applied
     */
    record Outcome(
            boolean applied,
            String reason,
            String message,
            @Nullable String policy) {}

    static Resource<GenericKubernetesResource> named(KubernetesClient client, String namespace, String name) {
        return client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name);
    }

    /** The policy that the resource made live last, null if none. */
    static @Nullable String live(GenericKubernetesResource resource) {
        return resource.get("status", "policy") instanceof String policy ? policy : null;
    }

    /** Whether a leader has rejected the present generation already. */
    static boolean isRejected(GenericKubernetesResource resource) {
        return CustomResources.observed(resource) == resource.getMetadata().getGeneration()
                && resource.get("status", "conditions") instanceof List<?> conditions
                && conditions.stream()
                        .anyMatch(c -> c instanceof Map<?, ?> condition
                                && "Applied".equals(condition.get("type"))
                                && "False".equals(condition.get("status")));
    }

    /** Writes the condition {@code Applied}. */
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

    /** Writes the condition {@code Enforced}: whether workers are limited as decided, or the reason why not. */
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
                                resource, "Enforced", "True", "InForce", "shares are enforced by " + how)
                        : CustomResources.condition(resource, "Enforced", "False", trouble.reason(), trouble.words()));
    }

    private QuotaPolicyCustomResource() {}
}
