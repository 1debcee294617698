package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The worker pods for which this scheduler is responsible.
 *
 * @param labels that all of them have
 */
public record WorkerPool(String namespace, Map<String, String> labels) {
    /** The {@code schedulerName} of our pods. */
    public static final String SCHEDULER = "framequota";

    public WorkerPool {
        labels = Map.copyOf(labels);
    }

    /**
     * @param selector labels in the form {@code a=b,c=d}, empty for all pods of the namespace
     * @throws IllegalArgumentException for any other form
     */
    public static WorkerPool of(String namespace, String selector) {
        Map<String, String> labels = new LinkedHashMap<>();
        Arrays.stream(selector.split(",")).filter(s -> !s.isBlank()).forEach(part -> {
            String[] pair = part.strip().split("==?", 2);
            if (pair.length != 2 || pair[0].isBlank() || pair[0].endsWith("!")) {
                throw new IllegalArgumentException("not labels in the form a=b,c=d: " + selector);
            }
            labels.put(pair[0].strip(), pair[1].strip());
        });
        return new WorkerPool(namespace, labels);
    }

    boolean holds(Pod pod) {
        Map<String, String> its = Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        return namespace.equals(pod.getMetadata().getNamespace())
                && its.entrySet().containsAll(labels.entrySet());
    }

    /** Whether a pod waits to be bound by this scheduler. */
    boolean awaitsUs(Pod pod) {
        return SCHEDULER.equals(pod.getSpec().getSchedulerName())
                && pod.getSpec().getSchedulingGates().isEmpty()
                && pod.getMetadata().getDeletionTimestamp() == null
                && holds(pod);
    }
}
