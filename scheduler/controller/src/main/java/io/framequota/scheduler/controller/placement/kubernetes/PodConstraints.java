package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.framequota.scheduler.placement.NodeConstraints;
import io.framequota.scheduler.placement.NodeRequirement;
import io.framequota.scheduler.placement.NodeTerm;
import io.framequota.scheduler.placement.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a pod may run, and what it asks for that we cannot judge. */
final class PodConstraints {
    private PodConstraints() {}

    static NodeConstraints of(PodSpec spec) {
        return new NodeConstraints(
                spec.getTolerations().stream()
                        .filter(t -> known(t.getOperator()))
                        .map(PodConstraints::toleration)
                        .toList(),
                Objects.requireNonNullElse(spec.getNodeSelector(), Map.of()),
                terms(spec.getAffinity()));
    }

    /**
     * A hard constraint that the placement knows nothing of, in words for people; null when there is none. Such a pod is
     * refused: ignoring the constraint would place it wrongly.
     */
    static @Nullable String beyondUs(PodSpec spec) {
        if (hardPodAffinity(spec.getAffinity())) {
            return refusal("required pod affinity or anti-affinity");
        }
        if (spec.getTopologySpreadConstraints().stream()
                .anyMatch(c -> !"ScheduleAnyway".equals(c.getWhenUnsatisfiable()))) {
            return refusal("a hard topology spread constraint");
        }
        if (spec.getVolumes().stream()
                .anyMatch(v -> v.getPersistentVolumeClaim() != null || v.getEphemeral() != null)) {
            return refusal("a volume claim");
        }
        if (!spec.getResourceClaims().isEmpty()) {
            return refusal("a device claim");
        }
        if (spec.getContainers().stream()
                .flatMap(c -> c.getPorts().stream())
                .anyMatch(p -> hostPort(p.getHostPort()))) {
            return refusal("a host port");
        }
        return null;
    }

    private static String refusal(String what) {
        return "it asks for " + what + ", which placement framequota does not know; use scheduling.placement=stock";
    }

    private static boolean hardPodAffinity(@Nullable Affinity affinity) {
        return affinity != null
                && ((affinity.getPodAffinity() != null
                                && !affinity.getPodAffinity()
                                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                                        .isEmpty())
                        || (affinity.getPodAntiAffinity() != null
                                && !affinity.getPodAntiAffinity()
                                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                                        .isEmpty()));
    }

    private static boolean hostPort(@Nullable Integer port) {
        return port != null && port > 0;
    }

    private static boolean known(@Nullable String operator) {
        return operator == null || operator.isEmpty() || operator.equals("Equal") || operator.equals("Exists");
    }

    private static Toleration toleration(io.fabric8.kubernetes.api.model.Toleration toleration) {
        return new Toleration(
                Objects.requireNonNullElse(toleration.getKey(), ""),
                "Exists".equals(toleration.getOperator()),
                Objects.requireNonNullElse(toleration.getValue(), ""),
                toleration.getEffect() == null || toleration.getEffect().isEmpty()
                        ? null
                        : NodeReader.effect(toleration.getEffect()));
    }

    private static List<NodeTerm> terms(@Nullable Affinity affinity) {
        if (affinity == null
                || affinity.getNodeAffinity() == null
                || affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
            return List.of();
        }
        return affinity
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .stream()
                .map(PodConstraints::term)
                .toList();
    }

    private static NodeTerm term(NodeSelectorTerm term) {
        return new NodeTerm(requirements(term.getMatchExpressions()), requirements(term.getMatchFields()));
    }

    private static List<NodeRequirement> requirements(List<NodeSelectorRequirement> requirements) {
        return requirements.stream()
                .map(r -> new NodeRequirement(r.getKey(), operator(r.getOperator()), r.getValues()))
                .toList();
    }

    private static NodeRequirement.Operator operator(String operator) {
        return switch (operator) {
            case "In" -> NodeRequirement.Operator.IN;
            case "NotIn" -> NodeRequirement.Operator.NOT_IN;
            case "Exists" -> NodeRequirement.Operator.EXISTS;
            case "DoesNotExist" -> NodeRequirement.Operator.DOES_NOT_EXIST;
            case "Gt" -> NodeRequirement.Operator.GREATER;
            case "Lt" -> NodeRequirement.Operator.LESS;
            default -> NodeRequirement.Operator.UNKNOWN;
        };
    }
}
