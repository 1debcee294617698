package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.PolicyDefinition;
import io.framequota.scheduler.policy.PolicyProvider;
import java.util.List;

/** The shipped policies, found through {@link java.util.ServiceLoader} like those of plug-ins. */
public final class BuiltInPolicies implements PolicyProvider {
    @Override
    public List<PolicyDefinition> policies() {
        return List.of(
                OneCorePerRequestPolicy.DEFINITION,
                DivideAndConquerPolicy.DEFINITION,
                OneRequestAtATimePolicy.DEFINITION,
                GangPolicy.DEFINITION,
                SrptPolicy.DEFINITION,
                LasPolicy.DEFINITION,
                WeightedFairPolicy.DEFINITION,
                EdfPolicy.DEFINITION,
                AutoPolicy.DEFINITION,
                HeSrptPolicy.DEFINITION,
                ConcaveOptimumPolicy.DEFINITION);
    }
}
