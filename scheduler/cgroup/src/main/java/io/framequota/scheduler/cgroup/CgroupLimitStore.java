package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Stores limits as quotas or weights of control groups, one per worker with the worker's name. A quota is in force once
 * the kernel reports it. If a group cannot be read, {@link #inForce} throws {@link EnforcementException} and
 * {@link #write} returns an outcome.
 */
public final class CgroupLimitStore implements LimitStore<String> {
    private final Function<String, Optional<Cgroup>> groups;
    private final boolean weights;
    private final long periodUs;

    private CgroupLimitStore(Function<String, Optional<Cgroup>> groups, boolean weights, long periodUs) {
        this.groups = groups;
        this.weights = weights;
        this.periodUs = periodUs;
    }

    /** Stores quotas. {@code groups} finds a group by name; {@code periodUs} is the period in microseconds. */
    public static CgroupLimitStore quotas(Function<String, Optional<Cgroup>> groups, long periodUs) {
        return new CgroupLimitStore(groups, false, periodUs);
    }

    /** Stores weights. {@code groups} finds a group by name. */
    public static CgroupLimitStore weights(Function<String, Optional<Cgroup>> groups) {
        return new CgroupLimitStore(groups, true, CpuQuota.PERIOD_US);
    }

    @Override
    public OptionalDouble inForce(String worker) {
        return groups.apply(worker)
                .map(group -> {
                    if (weights) {
                        // Remove the quota of an earlier actuator. The weight will be written again.
                        group.quota(CpuQuota.unlimited());
                        return OptionalDouble.of(0);
                    }
                    return OptionalDouble.of(group.quota().millicores());
                })
                .orElse(OptionalDouble.empty());
    }

    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        Optional<Cgroup> group = groups.apply(worker);
        if (group.isEmpty()) {
            return Optional.of(new WriteOutcome.Forbidden(
                    CpuQuota.PARKED_MILLI, "its control group is gone; the scheduler will look for it again"));
        }
        try {
            return Optional.of(new WriteOutcome.Applied(written(group.get(), (int) Math.round(millicores))));
        } catch (EnforcementException e) {
            return Optional.of(new WriteOutcome.Forbidden(known(group.get()), String.valueOf(e.getMessage())));
        }
    }

    /** Writes a limit and returns the millicores that are then in force. */
    private double written(Cgroup group, int millicores) {
        if (weights) {
            group.weight(millicores);
            return millicores;
        }
        CpuQuota quota = CpuQuota.ofMillicores(millicores, periodUs);
        group.quota(quota);
        CpuQuota found = group.quota();
        return found.equals(quota) ? millicores : found.millicores();
    }

    private double known(Cgroup group) {
        try {
            return weights ? 0 : group.quota().millicores();
        } catch (EnforcementException e) {
            return CpuQuota.PARKED_MILLI;
        }
    }
}
