package io.framequota.contract.label;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Labels that policies read, and what their values may be. Other labels are free. Checked when a job is submitted, so that
 * nobody waits for a deadline that was never understood.
 */
public final class PolicyLabels {
    /** Seconds after submission in which the job should have ended. */
    public static final String DEADLINE = "deadline";
    /** How much the job counts. */
    public static final String WEIGHT = "weight";
    /** Whose job it is: the label that weighted-fair goes by where its parameters name no other. */
    public static final String TENANT = "tenant";

    /** Longest name of a tenant. */
    public static final int MOST_CHARACTERS = 253;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    private PolicyLabels() {}

    /** What is wrong with the first label whose value no policy understands: one line for people. */
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
