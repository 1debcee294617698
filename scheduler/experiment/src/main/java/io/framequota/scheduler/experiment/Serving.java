package io.framequota.scheduler.experiment;

import java.util.List;

/**
 * An experiment that compares ways of serving instead of policies.
 *
 * @param kind of the requests
 * @param ways at least one
 */
public record Serving(Kind kind, List<Way> ways) {
    public Serving {
        ways = List.copyOf(ways);
    }
}
