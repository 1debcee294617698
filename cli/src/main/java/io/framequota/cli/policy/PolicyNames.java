package io.framequota.cli.policy;

import io.framequota.common.failure.Failure;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the names of policies before a whole system is started. */
public final class PolicyNames {
    /**
     * Checks a name; null passes.
     *
     * @throws Failure wrong use: the scheduler would refuse the name
     */
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
