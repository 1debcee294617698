package io.framequota.contract.label;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The labels that policies read and their valid values. Jobs may have any other label. Values are checked at submission, so
 * that no job waits for a deadline that the policy could not parse.
 */
public final class PolicyLabels {
    /** Seconds after submission within which the job should end. */
    public static final String DEADLINE = "deadline";
    /** The weight of the job. */
    public static final String WEIGHT = "weight";
    /** The owner of the job: the label that weighted-fair uses unless its parameters name another. */
    public static final String TENANT = "tenant";

    /** The longest name of a tenant. */
    public static final int MOST_CHARACTERS = 253;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    private PolicyLabels() {}

    /** The first label with an invalid value, described in one line for people; empty when all are valid. */
    public static Optional<String> problem(Map<String, String> labels) {
        return labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(label -> problem(label.getKey(), label.getValue()).stream())
                .findFirst();
    }

    private static Optional<String> problem(String name, String value) {
        return switch (name) {
            case DEADLINE ->
                isAboveZero(value) ? Optional.empty() : wrong(name, value, "seconds above 0, such as 30 or 2.5");
            case WEIGHT ->
                isAboveZero(value) ? Optional.empty() : wrong(name, value, "a number above 0, such as 2 or 0.5");
            case TENANT ->
                isName(value)
                        ? Optional.empty()
                        : wrong(
                                name,
                                value,
                                "a name of 1 to " + MOST_CHARACTERS + " characters, none of them a control character");
            default -> Optional.empty();
        };
    }

    private static Optional<String> wrong(String name, String value, String allowed) {
        String shown = value.length() > 100 ? value.substring(0, 100) + "..." : value;
        return Optional.of("label " + name + " is '" + shown + "'; allowed: " + allowed);
    }

    private static boolean isAboveZero(String value) {
        return NUMBER.matcher(value).matches() && Double.parseDouble(value) > 0;
    }

    private static boolean isName(String value) {
        return !value.isBlank()
                && value.length() <= MOST_CHARACTERS
                && value.chars().noneMatch(Character::isISOControl);
    }
}
