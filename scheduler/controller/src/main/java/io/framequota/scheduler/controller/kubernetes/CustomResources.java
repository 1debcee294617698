package io.framequota.scheduler.controller.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Common parts of the custom resources of {@code framequota.io}: their API group and the form of their status. */
final class CustomResources {
    private static final Logger LOG = Logger.getLogger(CustomResources.class);
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

    /**
     * A condition of a status.
     *
     * @param status True, False or Unknown
     * @param reason one word
     * @param message for people
     */
    record Condition(String type, String status, String reason, String message) {
        static Condition of(String type, boolean met, String reason, String message) {
            return new Condition(type, met ? "True" : "False", reason, message);
        }
    }

    /** The condition of a type that a resource's status contains, whatever generation it describes; null if there is none. */
    static @Nullable Map<?, ?> found(GenericKubernetesResource resource, String type) {
        if (resource.get("status", "conditions") instanceof List<?> conditions) {
            for (Object condition : conditions) {
                if (condition instanceof Map<?, ?> map && type.equals(map.get("type"))) {
                    return map;
                }
            }
        }
        return null;
    }

    /**
     * Patches the status of the present generation: sets fields and conditions; other conditions stay, and a null value removes
     * its field. A condition keeps the time of its last transition while its status is the same.
     */
    static void report(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            GenericKubernetesResource resource,
            Map<String, Object> fields,
            List<Condition> conditions) {
        Map<String, Object> status = new LinkedHashMap<>(fields);
        status.put("observedGeneration", resource.getMetadata().getGeneration());
        Set<String> types = conditions.stream().map(Condition::type).collect(Collectors.toSet());
        List<Object> all = new ArrayList<>();
        if (resource.get("status", "conditions") instanceof List<?> before) {
            before.stream()
                    .filter(c -> c instanceof Map<?, ?> other && !types.contains(String.valueOf(other.get("type"))))
                    .forEach(all::add);
        }
        conditions.forEach(c -> all.add(json(resource, c)));
        status.put("conditions", all);
        client.genericKubernetesResources(kind)
                .inNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), json(Map.of("status", status)));
    }

    private static Map<String, Object> json(GenericKubernetesResource resource, Condition condition) {
        Map<?, ?> before = found(resource, condition.type());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", condition.type());
        json.put("status", condition.status());
        json.put("reason", condition.reason());
        json.put("message", condition.message());
        json.put("observedGeneration", resource.getMetadata().getGeneration());
        json.put(
                "lastTransitionTime",
                before != null && condition.status().equals(before.get("status"))
                        ? String.valueOf(before.get("lastTransitionTime"))
                        : now());
        return json;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Records an event on a resource, which {@code kubectl describe} shows; a failure is only logged, as the status says the same. */
    static void event(KubernetesClient client, GenericKubernetesResource resource, Condition condition) {
        ObjectMeta metadata = resource.getMetadata();
        String now = now();
        try {
            client.v1()
                    .events()
                    .inNamespace(metadata.getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(metadata.getName() + ".")
                            .withNamespace(metadata.getNamespace())
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion(resource.getApiVersion())
                            .withKind(resource.getKind())
                            .withName(metadata.getName())
                            .withNamespace(metadata.getNamespace())
                            .withUid(metadata.getUid())
                            .endInvolvedObject()
                            .withType("True".equals(condition.status()) ? "Normal" : "Warning")
                            .withReason(condition.reason())
                            .withMessage(condition.message())
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .withNewSource()
                            .withComponent("framequota-scheduler")
                            .endSource()
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.debugf("the event for %s was not recorded: %s", metadata.getName(), e.getMessage());
        }
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
