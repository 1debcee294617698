package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.QuotaPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Each member's group has a quota. */
final class QuotaShares implements Shares {
    private final QuotaPlan plan;
    private final long periodUs;
    private final Map<String, CpuGroup> groups = new HashMap<>();

    /** All members are parked, which is no write within a run: they have been idle. */
    QuotaShares(List<Member> members, int budget, long periodUs) {
        this.plan = new QuotaPlan(budget, periodUs * 1000);
        this.periodUs = periodUs;
        for (Member member : members) {
            CpuGroup group = java.util.Objects.requireNonNull(member.group);
            groups.put(member.name, group);
            group.quota(Quota.ofMillicores(Quota.PARKED_MILLI, periodUs));
            plan.opened(member.name, Quota.PARKED_MILLI);
        }
    }

    @Override
    public void want(Member member, int millicores, boolean runnable) {
        plan.want(member.name, millicores, runnable);
    }

    @Override
    public List<InForce> enforce(long now) {
        List<InForce> made = new ArrayList<>();
        for (QuotaPlan.Write write : plan.due(now)) {
            java.util.Objects.requireNonNull(groups.get(write.group()))
                    .quota(Quota.ofMillicores(write.millicores(), periodUs));
            made.add(new InForce(write.group(), write.millicores()));
        }
        return made;
    }

    @Override
    public OptionalLong nextDue(long now) {
        return plan.nextDue(now);
    }
}
