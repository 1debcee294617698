package io.framequota.lab.experiment;

import java.util.List;

/**
 * The serving modes that an experiment compares in place of policies.
 *
 * @param kind of the requests
 * @param modes at least one
 */
public record ServingComparison(RequestKind kind, List<ServingMode> modes) {
    public ServingComparison {
        modes = List.copyOf(modes);
    }
}
