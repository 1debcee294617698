package io.framequota.lab.experiment;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A policy or a serving mode that an experiment compares with others.
 *
 * @param name canonical name
 * @param parameters as given in the file
 */
public record Contender(String name, Map<String, String> parameters) {
    public Contender {
        parameters = Map.copyOf(parameters);
    }

    /** A policy. */
    public static Contender of(ConfiguredPolicy policy) {
        return new Contender(policy.name(), policy.parameters());
    }

    /** A way of serving. */
    public static Contender of(ServingMode mode) {
        return new Contender(mode.name(), mode.parameters());
    }

    /** The name with all parameters but one, for people. */
    String label(String but) {
        String shown = parameters.entrySet().stream()
                .filter(e -> !e.getKey().equals(but))
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        return shown.isEmpty() ? name : name + " (" + shown + ")";
    }
}
