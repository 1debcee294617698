package io.framequota.scheduler.controller.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The custom resource {@code experiments.framequota.io}: reads its spec, writes its status. */
final class ExperimentCustomResource {
    private static final ResourceDefinitionContext KIND = CustomResources.kind("Experiment", "experiments");
    /** A Job's name has at most 63 characters: an experiment's 40, {@code -experiment-}, and a generation of up to 5 digits. */
    private static final int UID_CHARACTERS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Fields of the spec that are not part of an experiment file. */
    private static final List<String> NOT_IN_FILE = List.of("home", "repeat");

    /**
     * The progress of a generation: the condition {@code Complete} and the results.
     *
     * @param complete status of the condition: True, False after a failure, Unknown while the experiment runs
     * @param reason of the condition
     * @param message of the condition
     * @param policies mean response of each policy, empty until the experiment is complete
     */
    record State(String complete, String reason, String message, List<Map<String, Object>> policies) {
        static State running(String message) {
            return new State("Unknown", "Running", message, List.of());
        }

        /** The pod waits until the image can be pulled. */
        static State noImage(String message) {
            return new State("Unknown", "NoImage", message, List.of());
        }

        static State failed(String message) {
            return new State("False", "Failed", message, List.of());
        }

        /** The scheduler does not run experiments. */
        static State off() {
            return new State(
                    "Unknown",
                    "ExperimentsOff",
                    "ignored: this installation does not run experiments; helm upgrade --reuse-values --set"
                            + " experiments.enabled=true lets it",
                    List.of());
        }

        CustomResources.Condition condition() {
            return new CustomResources.Condition("Complete", complete, reason, message);
        }

        /** @param report contents of {@code report.json} */
        static State complete(String report) {
            try {
                List<Map<String, Object>> policies = new ArrayList<>();
                for (JsonNode policy : JSON.readTree(report).path("policies")) {
                    policies.add(row(policy));
                }
                return new State("True", "Complete", policies.size() + " policies were compared", policies);
            } catch (JsonProcessingException e) {
                return failed("its report cannot be read");
            }
        }

        private static Map<String, Object> row(JsonNode policy) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("policy", policy.path("policy").asText());
            row.put("actuator", policy.path("actuator").asText());
            policy.path("variant").elements().forEachRemaining(v -> row.put("variant", v.asText()));
            row.put("meanResponseSeconds", policy.path("mean_response_s").asDouble());
            if (policy.path("predicted_mean_s").isNumber()) {
                row.put("predictedMeanSeconds", policy.path("predicted_mean_s").asDouble());
            }
            return row;
        }

        Optional<String> best() {
            return policies.stream()
                    .min(Comparator.comparingDouble(p -> (Double) p.getOrDefault("meanResponseSeconds", 0.0)))
                    .map(p -> String.valueOf(p.get("policy")));
        }
    }

    static List<GenericKubernetesResource> all(KubernetesClient client, String namespace) {
        return client.genericKubernetesResources(KIND)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    /**
     * The name of a generation's Job and ConfigMap. It contains part of the UID: an experiment that is deleted and created again
     * starts with generation 1, while the objects of its predecessor may still exist.
     */
    static String run(GenericKubernetesResource experiment) {
        ObjectMeta metadata = experiment.getMetadata();
        return metadata.getName() + "-experiment-" + metadata.getGeneration() + "-"
                + metadata.getUid().substring(0, UID_CHARACTERS);
    }

    /** The experiment as a file for {@code fq experiment}, as JSON, which is YAML; with line breaks, because its errors name lines. */
    static String file(GenericKubernetesResource experiment) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", experiment.getMetadata().getName());
        if (experiment.get("spec") instanceof Map<?, ?> spec) {
            spec.forEach((key, value) -> file.put(String.valueOf(key), value));
        }
        NOT_IN_FILE.forEach(file::remove);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static String backend(GenericKubernetesResource experiment) {
        return experiment.get("spec", "home") instanceof String backend ? backend : "kubernetes";
    }

    static int repeat(GenericKubernetesResource experiment) {
        return experiment.get("spec", "repeat") instanceof Number repeat ? repeat.intValue() : 1;
    }

    /** Whether the status says that this generation has ended. */
    static boolean hasEnded(GenericKubernetesResource experiment) {
        return hasCondition(experiment, condition -> !"Unknown".equals(condition.get("status")));
    }

    /** Whether the status contains this state already. */
    static boolean isReported(GenericKubernetesResource experiment, State state) {
        return hasCondition(
                experiment,
                condition -> state.complete().equals(condition.get("status"))
                        && state.message().equals(condition.get("message")));
    }

    /** Whether the status of this generation has a matching condition. */
    private static boolean hasCondition(GenericKubernetesResource experiment, Predicate<Map<?, ?>> what) {
        return CustomResources.observed(experiment) == experiment.getMetadata().getGeneration()
                && experiment.get("status", "conditions") instanceof List<?> conditions
                && conditions.stream().anyMatch(c -> c instanceof Map<?, ?> condition && what.test(condition));
    }

    /** Whether the status says something of this generation. */
    static boolean isObserved(GenericKubernetesResource experiment) {
        return hasCondition(experiment, condition -> true);
    }

    /** Says that nobody runs the experiment. */
    static void reportOff(KubernetesClient client, GenericKubernetesResource experiment) {
        State off = State.off();
        CustomResources.report(client, KIND, experiment, Map.of(), List.of(off.condition()));
        CustomResources.event(client, experiment, off.condition());
    }

    /** Writes the status. */
    static void report(KubernetesClient client, GenericKubernetesResource experiment, State state) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("report", run(experiment));
        fields.put("best", state.best().orElse(null));
        fields.put("policies", state.policies());
        CustomResources.report(client, KIND, experiment, fields, List.of(state.condition()));
    }

    private ExperimentCustomResource() {}
}
