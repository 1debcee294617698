package io.framequota.cli.policy;

import io.framequota.common.failure.Failure;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names that the scheduler takes at its start, so that a slip of the pen does not cost the start of a whole system. */
public final class PolicyNames {
    /** Refuses a name that the scheduler would refuse, in its words; null is nobody's wish. */
    public static void check(@Nullable String name) {
        if (name == null) {
            return;
        }
        try {
            Policies.installed().chooseServing(name, Map.of());
        } catch (InvalidPolicyException e) {
            throw Failure.use("--policy: " + e.explanation());
        }
    }

    private PolicyNames() {}
}
