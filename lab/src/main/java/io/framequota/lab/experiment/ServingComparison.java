package io.framequota.lab.experiment;

import java.util.List;

/**
 * An experiment that compares ways of serving instead of policies.
 *
 * @param kind of the requests
 * @param ways at least one
 */
public record ServingComparison(RequestKind kind, List<ServingMode> ways) {
    public ServingComparison {
        ways = List.copyOf(ways);
    }
}
