package io.framequota.scheduler.placement;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One expression about a node's labels, with the meaning that Kubernetes gives it. */
public record NodeRequirement(String key, Operator operator, List<String> values) {
    /** Kubernetes' operators of a node selector. {@code UNKNOWN} is met by no node. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST,
        GREATER,
        LESS,
        UNKNOWN
    }

    public NodeRequirement {
        values = List.copyOf(values);
    }

    boolean metBy(Map<String, String> labels) {
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
