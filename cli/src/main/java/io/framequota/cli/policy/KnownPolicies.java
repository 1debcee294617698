package io.framequota.cli.policy;

import io.framequota.cli.terminal.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names that the scheduler takes at its start, so that a slip of the pen does not cost the start of a whole system. */
public final class KnownPolicies {
    private static final List<String> NAMES = List.of(
            "one-core-per-request", "divide-and-conquer", "fair-split", "one-request-at-a-time", "one-at-a-time");

    /** Refuses a name that the scheduler would refuse; null is nobody's wish. */
    public static void check(@Nullable String name) {
        if (name != null && !NAMES.contains(name)) {
            throw Failure.use("there is no policy " + name + ": known are " + String.join(", ", NAMES));
        }
    }

    private KnownPolicies() {}
}
