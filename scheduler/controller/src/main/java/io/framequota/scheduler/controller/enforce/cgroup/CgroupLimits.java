package io.framequota.scheduler.controller.enforce.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.Cgroup;
import io.framequota.scheduler.cgroup.CgroupLimitStore;
import io.framequota.scheduler.cgroup.DelegatedCgroups;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.controller.enforce.WorkerLimits;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Limits each worker by a control group of the same name, and all of them by its parent group. */
final class CgroupLimits implements WorkerLimits {
    private final DelegatedCgroups groups;
    private final CgroupLimitStore store;
    private final boolean weights;

    CgroupLimits(DelegatedCgroups groups, Actuator actuator) {
        this.groups = groups;
        this.weights = actuator == Actuator.WEIGHT;
        this.store = weights
                ? CgroupLimitStore.weights(groups::find)
                : CgroupLimitStore.quotas(groups::find, CpuQuota.PERIOD_US);
        if (!weights) {
            groups.limit(CpuQuota.unlimited());
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
    public void limitTotal(int millicores) {
        if (weights) {
            groups.limit(CpuQuota.ofMillicores(millicores));
        }
    }

    @Override
    public @Nullable CpuUsage use(String worker) {
        try {
            return groups.find(worker).map(Cgroup::use).orElse(null);
        } catch (EnforcementException e) {
            return null;
        }
    }

    @Override
    public void close() {
        // The groups belong to their creator.
    }
}
