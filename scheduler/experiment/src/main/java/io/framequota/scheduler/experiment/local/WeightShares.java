package io.framequota.scheduler.experiment.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Each member's group has a weight; all of them together are limited to the budget. A weight refills nothing. */
final class WeightShares implements Shares {
    private final Map<Member, Integer> wanted = new LinkedHashMap<>();

    @Override
    public void want(Member member, int millicores, boolean runnable) {
        wanted.put(member, millicores);
    }

    @Override
    public List<InForce> enforce(long now) {
        List<InForce> made = new ArrayList<>();
        wanted.forEach((member, millicores) -> {
            java.util.Objects.requireNonNull(member.group).weight(millicores);
            made.add(new InForce(member.name, millicores));
        });
        wanted.clear();
        return made;
    }

    @Override
    public OptionalLong nextDue(long now) {
        return OptionalLong.empty();
    }
}
