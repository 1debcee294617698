package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.QuotaPlan;
import io.framequota.scheduler.experiment.real.Shares;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** Each worker's group has a quota. */
final class QuotaShares implements Shares {
    private final QuotaPlan plan;
    private final long periodUs;
    private final Map<String, CpuGroup> groups;
    private final Map<String, Integer> wanted = new HashMap<>();

    /** All workers are parked, which is no write within a run: they have been idle. */
    QuotaShares(Map<String, CpuGroup> groups, int budget, long periodUs) {
        this.plan = new QuotaPlan(budget, periodUs * 1000);
        this.periodUs = periodUs;
        this.groups = groups;
        groups.forEach((worker, group) -> {
            group.quota(Quota.ofMillicores(Quota.PARKED_MILLI, periodUs));
            plan.opened(worker, Quota.PARKED_MILLI);
            wanted.put(worker, Quota.PARKED_MILLI);
        });
    }

    @Override
    public void want(String worker, int millicores, boolean runnable) {
        wanted.put(worker, millicores);
        plan.want(worker, millicores, runnable);
    }

    @Override
    public List<InForce> enforce(long now) {
        List<InForce> made = new ArrayList<>();
        for (QuotaPlan.Write write : plan.due(now)) {
            Objects.requireNonNull(groups.get(write.group())).quota(Quota.ofMillicores(write.millicores(), periodUs));
            made.add(new InForce(write.group(), write.millicores()));
        }
        return made;
    }

    @Override
    public boolean settled(String worker) {
        return Objects.equals(wanted.get(worker), plan.inForce(worker));
    }

    @Override
    public OptionalLong nextDue(long now) {
        return plan.nextDue(now);
    }
}
