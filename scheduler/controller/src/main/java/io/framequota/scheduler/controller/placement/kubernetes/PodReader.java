package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.framequota.scheduler.placement.PodGang;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Converts pods of the API server to the placement's model. */
final class PodReader {
    /** The label or annotation with the name of a pod's gang. */
    static final String GANG = "framequota.io/gang";
    /** The label or annotation with the number of pods of the gang. */
    static final String GANG_SIZE = "framequota.io/gang-size";

    private PodReader() {}

    static PodId id(Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        return new PodId(meta.getNamespace(), meta.getName(), meta.getUid());
    }

    static PodState read(Pod pod) {
        String refusal = PodConstraints.unsupported(pod.getSpec());
        PodGang gang = null;
        String name = mark(pod, GANG);
        if (name != null) {
            int size = size(mark(pod, GANG_SIZE));
            if (size > 0) {
                gang = new PodGang(name, size);
            } else {
                refusal = "%s must be a whole number of at least 1 beside %s=%s".formatted(GANG_SIZE, GANG, name);
            }
        }
        return new PodState(
                id(pod),
                PodRequests.of(pod),
                PodConstraints.of(pod.getSpec()),
                gang,
                pod.getSpec().getNodeName(),
                Objects.requireNonNullElse(pod.getSpec().getPriority(), 0),
                created(pod),
                refusal);
    }

    private static int size(@Nullable String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static @Nullable String mark(Pod pod, String key) {
        String label = orEmpty(pod.getMetadata().getLabels()).get(key);
        return label != null
                ? label
                : orEmpty(pod.getMetadata().getAnnotations()).get(key);
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> marks) {
        return marks == null ? Map.of() : marks;
    }

    private static long created(Pod pod) {
        try {
            return Instant.parse(pod.getMetadata().getCreationTimestamp()).toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
