package io.framequota.scheduler.actuator.cgroup;

import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.Limits;
import io.framequota.scheduler.actuator.RefusedException;
import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.CpuUse;
import io.framequota.scheduler.enforce.EnforcementException;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.cgroup.GivenGroups;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A control group per worker, named like it. */
final class GroupLimits implements Limits {
    private final GivenGroups groups;
    private final boolean weights;

    GroupLimits(GivenGroups groups, Actuator actuator) {
        this.groups = groups;
        this.weights = actuator == Actuator.WEIGHT;
        if (!weights) {
            groups.limit(Quota.unlimited());
        }
    }

    @Override
    public OptionalInt inForce(String worker) {
        Optional<CpuGroup> group = groups.find(worker);
        if (group.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            if (weights) {
                // A limit of an earlier actuator would still hold it back; its weight is written anew.
                group.get().quota(Quota.unlimited());
                return OptionalInt.of(0);
            }
            Quota quota = group.get().quota();
            return OptionalInt.of(quota.limited() ? (int) Math.round(quota.millicores()) : UNLIMITED);
        } catch (EnforcementException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void set(String worker, int millicores) {
        CpuGroup group = groups.find(worker)
                .orElseThrow(() -> new RefusedException("its control group is gone; it is looked for again"));
        try {
            if (weights) {
                group.weight(millicores);
            } else {
                group.quota(Quota.ofMillicores(millicores));
            }
        } catch (EnforcementException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
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
