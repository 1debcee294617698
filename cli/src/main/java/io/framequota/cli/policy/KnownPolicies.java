package io.framequota.cli.policy;

import io.framequota.cli.terminal.Failure;
import io.framequota.scheduler.policy.Policies;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names that the scheduler takes at its start, so that a slip of the pen does not cost the start of a whole system. */
public final class KnownPolicies {
    /** Refuses a name that the scheduler would refuse; null is nobody's wish. */
    public static void check(@Nullable String name) {
        if (name != null && Policies.serving().stream().noneMatch(k -> k.answersTo(name))) {
            throw Failure.use("there is no policy " + name + ": known are "
                    + Policies.serving().stream()
                            .flatMap(k -> Stream.concat(Stream.of(k.name()), k.aliases().stream()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private KnownPolicies() {}
}
