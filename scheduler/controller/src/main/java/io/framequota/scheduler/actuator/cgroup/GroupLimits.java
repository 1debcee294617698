package io.framequota.scheduler.actuator.cgroup;

import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.Limits;
import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.EnforcementException;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.cgroup.GivenGroups;
import io.framequota.scheduler.enforce.cgroup.GroupStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A control group per worker, named like it, and the one around all of them. */
final class GroupLimits implements Limits {
    private final GivenGroups groups;
    private final GroupStore store;
    private final boolean weights;

    GroupLimits(GivenGroups groups, Actuator actuator) {
        this.groups = groups;
        this.weights = actuator == Actuator.WEIGHT;
        this.store = weights ? GroupStore.weights(groups::find) : GroupStore.quotas(groups::find, Quota.PERIOD_US);
        if (!weights) {
            groups.limit(Quota.unlimited());
        }
    }

    @Override
    public OptionalDouble inForce(String worker) {
        return store.inForce(worker);
    }

    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        return store.write(worker, millicores);
    }

    @Override
    public void total(int millicores) {
        if (weights) {
            groups.limit(Quota.ofMillicores(millicores));
        }
    }

    @Override
    public @Nullable CpuUse use(String worker) {
        try {
            return groups.find(worker).map(CpuGroup::use).orElse(null);
        } catch (EnforcementException e) {
            return null;
        }
    }

    @Override
    public void close() {
        // The groups belong to whoever made them.
    }
}
