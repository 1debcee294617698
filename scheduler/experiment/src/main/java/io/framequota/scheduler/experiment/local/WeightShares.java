package io.framequota.scheduler.experiment.local;

import io.framequota.scheduler.enforce.CpuGroup;
import io.framequota.scheduler.experiment.real.Shares;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/** Each worker's group has a weight; all of them together are limited to the budget. A weight refills nothing. */
final class WeightShares implements Shares {
    private final Map<String, CpuGroup> groups;
    private final Map<String, Integer> wanted = new LinkedHashMap<>();

    WeightShares(Map<String, CpuGroup> groups) {
        this.groups = groups;
    }

    @Override
    public void want(String worker, int millicores, boolean runnable) {
        wanted.put(worker, millicores);
    }

    @Override
    public List<InForce> enforce(long now) {
        List<InForce> made = new ArrayList<>();
        wanted.forEach((worker, millicores) -> {
            Objects.requireNonNull(groups.get(worker)).weight(millicores);
            made.add(new InForce(worker, millicores));
        });
        wanted.clear();
        return made;
    }

    @Override
    public boolean settled(String worker) {
        return !wanted.containsKey(worker);
    }

    @Override
    public OptionalLong nextDue(long now) {
        return OptionalLong.empty();
    }
}
