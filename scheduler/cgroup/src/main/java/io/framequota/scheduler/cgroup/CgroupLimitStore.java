package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A control group for each worker, named like it: quotas, or weights. A quota counts as in force when the kernel says so. A
 * group that cannot be read throws {@link EnforcementException} where it is asked for, and is an outcome where it is written.
 */
public final class CgroupLimitStore implements LimitStore<String> {
    private final Function<String, Optional<CpuGroup>> groups;
    private final boolean weights;
    private final long periodUs;

    private CgroupLimitStore(Function<String, Optional<CpuGroup>> groups, boolean weights, long periodUs) {
        this.groups = groups;
        this.weights = weights;
        this.periodUs = periodUs;
    }

    /** Quotas in periods of so many microseconds of the groups that are found by name. */
    public static CgroupLimitStore quotas(Function<String, Optional<CpuGroup>> groups, long periodUs) {
        return new CgroupLimitStore(groups, false, periodUs);
    }

    /** Weights of the groups that are found by name. */
    public static CgroupLimitStore weights(Function<String, Optional<CpuGroup>> groups) {
        return new CgroupLimitStore(groups, true, CpuQuota.PERIOD_US);
    }

    @Override
    public OptionalDouble inForce(String worker) {
        return groups.apply(worker)
                .map(group -> {
                    if (weights) {
                        // A limit of an earlier actuator would still hold it back; its weight is written anew.
                        group.quota(CpuQuota.unlimited());
                        return OptionalDouble.of(0);
                    }
                    return OptionalDouble.of(group.quota().millicores());
                })
                .orElse(OptionalDouble.empty());
    }

    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        Optional<CpuGroup> group = groups.apply(worker);
        if (group.isEmpty()) {
            return Optional.of(new WriteOutcome.Forbidden(
                    CpuQuota.PARKED_MILLI, "its control group is gone; it is looked for again"));
        }
        try {
            return Optional.of(new WriteOutcome.Applied(written(group.get(), (int) Math.round(millicores))));
        } catch (EnforcementException e) {
            return Optional.of(new WriteOutcome.Forbidden(known(group.get()), String.valueOf(e.getMessage())));
        }
    }

    /** Writes; what is in force then. */
    private double written(CpuGroup group, int millicores) {
        if (weights) {
            group.weight(millicores);
            return millicores;
        }
        CpuQuota quota = CpuQuota.ofMillicores(millicores, periodUs);
        group.quota(quota);
        CpuQuota found = group.quota();
        return found.equals(quota) ? millicores : found.millicores();
    }

    private double known(CpuGroup group) {
        try {
            return weights ? 0 : group.quota().millicores();
        } catch (EnforcementException e) {
            return CpuQuota.PARKED_MILLI;
        }
    }
}
