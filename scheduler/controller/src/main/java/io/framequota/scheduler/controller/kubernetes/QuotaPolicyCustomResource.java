package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.framequota.scheduler.controller.kubernetes.CustomResources.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The custom resource {@code quotapolicies.framequota.io}: reads and writes its status. */
final class QuotaPolicyCustomResource {
    private static final ResourceDefinitionContext KIND = CustomResources.kind("QuotaPolicy", "quotapolicies");
    private static final String APPLIED = "Applied";

    /**
     * The status of a resource that a leader follows.
     *
     * @param policy canonical name of the policy that the resource made live last, null if it was not applied
     * @param livePolicy canonical name of the policy in force
     * @param actuator that enforces shares
     * @param conditions all of them
     */
    record Status(@Nullable String policy, String livePolicy, String actuator, List<Condition> conditions) {
        Status {
            conditions = List.copyOf(conditions);
        }
    }

    static Resource<GenericKubernetesResource> named(KubernetesClient client, String namespace, String name) {
        return client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name);
    }

    static List<GenericKubernetesResource> all(KubernetesClient client, String namespace) {
        return client.genericKubernetesResources(KIND)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    /** The policy that the resource made live last, null if none. */
    static @Nullable String live(GenericKubernetesResource resource) {
        return resource.get("status", "policy") instanceof String policy ? policy : null;
    }

    /** The words with which a leader has rejected the present generation, null if none has. */
    static @Nullable Condition rejection(GenericKubernetesResource resource) {
        Map<?, ?> applied = CustomResources.found(resource, APPLIED);
        return applied != null
                        && CustomResources.observed(resource)
                                == resource.getMetadata().getGeneration()
                        && "False".equals(applied.get("status"))
                ? applied(false, String.valueOf(applied.get("reason")), String.valueOf(applied.get("message")))
                : null;
    }

    /** The condition {@code Applied}. */
    static Condition applied(boolean applied, String reason, String message) {
        return Condition.of(APPLIED, applied, reason, message);
    }

    /** Writes the status. */
    static void report(KubernetesClient client, GenericKubernetesResource resource, Status status) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (status.policy() != null) {
            fields.put("policy", status.policy());
        }
        fields.put("livePolicy", status.livePolicy());
        fields.put("actuator", status.actuator());
        CustomResources.report(client, KIND, resource, fields, status.conditions());
    }

    /** Says that nobody follows a resource, and why, unless its status says so already. */
    static void reportIgnored(KubernetesClient client, GenericKubernetesResource resource, String why) {
        Condition ignored = applied(false, "Ignored", why);
        if (!ignored.equals(rejection(resource))) {
            CustomResources.report(client, KIND, resource, Map.of(), List.of(ignored));
            CustomResources.event(client, resource, ignored);
        }
    }

    private QuotaPolicyCustomResource() {}
}
