package io.framequota.scheduler.placement;

import io.framequota.scheduler.placement.NodeState.Taint;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The nodes on which a pod may run, by the rules of Kubernetes.
 *
 * @param tolerations taints that do not keep the pod away
 * @param nodeSelector labels that the node must have
 * @param terms of the required node affinity, one of which the node must meet; empty if the pod states none
 */
public record NodeConstraints(List<Toleration> tolerations, Map<String, String> nodeSelector, List<Term> terms) {
    public static final NodeConstraints NONE = new NodeConstraints(List.of(), Map.of(), List.of());
    private static final Taint UNSCHEDULABLE =
            new Taint("node.kubernetes.io/unschedulable", "", Taint.Effect.NO_SCHEDULE);

    public NodeConstraints {
        tolerations = List.copyOf(tolerations);
        nodeSelector = Map.copyOf(nodeSelector);
        terms = List.copyOf(terms);
    }

    /** Why the pod may not run on a node, however much room the node has; null if it may. */
    @Nullable
    String refusal(NodeState node) {
        if (node.unschedulable() && !tolerates(UNSCHEDULABLE)) {
            return "unschedulable";
        }
        for (Taint taint : node.taints()) {
            if (taint.effect() != Taint.Effect.PREFER_NO_SCHEDULE && !tolerates(taint)) {
                return "taint " + taint.key();
            }
        }
        if (!node.labels().entrySet().containsAll(nodeSelector.entrySet())) {
            return "node selector";
        }
        if (!terms.isEmpty() && terms.stream().noneMatch(t -> t.isMetBy(node))) {
            return "node affinity";
        }
        return null;
    }

    /** Whether a taint asks to prefer other nodes for this pod. */
    boolean isDiscouragedOn(NodeState node) {
        return node.taints().stream().anyMatch(t -> t.effect() == Taint.Effect.PREFER_NO_SCHEDULE && !tolerates(t));
    }

    private boolean tolerates(Taint taint) {
        return tolerations.stream().anyMatch(t -> t.tolerates(taint));
    }

    /**
     * Taints that do not keep a pod away.
     *
     * @param key of the taint, empty for every key (then only with {@code anyValue})
     * @param anyValue whether the taint's value does not matter
     * @param effect null for every effect
     */
    public record Toleration(String key, boolean anyValue, String value, Taint.@Nullable Effect effect) {
        boolean tolerates(Taint taint) {
            return (effect == null || effect == taint.effect())
                    && (key.isEmpty() ? anyValue : key.equals(taint.key()))
                    && (anyValue || value.equals(taint.value()));
        }
    }

    /**
     * A node selector term. A node must meet all of its requirements; no node meets a term without any.
     *
     * @param labels requirements on the node's labels
     * @param fields requirements on the node's fields; Kubernetes defines only {@code metadata.name}
     */
    public record Term(List<Requirement> labels, List<Requirement> fields) {
        public Term {
            labels = List.copyOf(labels);
            fields = List.copyOf(fields);
        }

        private boolean isMetBy(NodeState node) {
            Map<String, String> nodeFields = Map.of("metadata.name", node.name());
            return !(labels.isEmpty() && fields.isEmpty())
                    && labels.stream().allMatch(r -> r.isMetBy(node.labels()))
                    && fields.stream().allMatch(r -> r.isMetBy(nodeFields));
        }
    }

    /** A node selector requirement: one expression on a label or a field. */
    public record Requirement(String key, Operator operator, List<String> values) {
        /** The operators of Kubernetes. No node meets {@code UNKNOWN}. */
        public enum Operator {
            IN,
            NOT_IN,
            EXISTS,
            DOES_NOT_EXIST,
            GREATER,
            LESS,
            UNKNOWN
        }

        public Requirement {
            values = List.copyOf(values);
        }

        boolean isMetBy(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER -> compares(value, 1);
                case LESS -> compares(value, -1);
                case UNKNOWN -> false;
            };
        }

        private boolean compares(@Nullable String value, int sign) {
            if (value == null || values.size() != 1) {
                return false;
            }
            OptionalLong left = number(value);
            OptionalLong right = number(values.getFirst());
            return left.isPresent() && right.isPresent() && Long.compare(left.getAsLong(), right.getAsLong()) == sign;
        }

        private static OptionalLong number(String text) {
            try {
                return OptionalLong.of(Long.parseLong(text));
            } catch (NumberFormatException e) {
                return OptionalLong.empty();
            }
        }
    }
}
