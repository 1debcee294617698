package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.framequota.scheduler.placement.NodeConstraints;
import io.framequota.scheduler.placement.NodeConstraints.Requirement;
import io.framequota.scheduler.placement.NodeConstraints.Term;
import io.framequota.scheduler.placement.NodeConstraints.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The constraints of a pod on nodes, and the constraints that this scheduler does not support. */
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
     * The reason to refuse a pod with a hard constraint that the placement does not support, null if there is none. Ignoring the
     * constraint could place the pod wrongly.
     */
    static @Nullable String unsupported(PodSpec spec) {
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
        return "the pod needs " + what
                + ", which placement framequota does not support; use scheduling.placement=stock";
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

    private static List<Term> terms(@Nullable Affinity affinity) {
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

    private static Term term(NodeSelectorTerm term) {
        return new Term(requirements(term.getMatchExpressions()), requirements(term.getMatchFields()));
    }

    private static List<Requirement> requirements(List<NodeSelectorRequirement> requirements) {
        return requirements.stream()
                .map(r -> new Requirement(r.getKey(), operator(r.getOperator()), r.getValues()))
                .toList();
    }

    private static Requirement.Operator operator(String operator) {
        return switch (operator) {
            case "In" -> Requirement.Operator.IN;
            case "NotIn" -> Requirement.Operator.NOT_IN;
            case "Exists" -> Requirement.Operator.EXISTS;
            case "DoesNotExist" -> Requirement.Operator.DOES_NOT_EXIST;
            case "Gt" -> Requirement.Operator.GREATER;
            case "Lt" -> Requirement.Operator.LESS;
            default -> Requirement.Operator.UNKNOWN;
        };
    }
}
