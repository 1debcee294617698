package io.framequota.local;

import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.cgroup.CpuGroup;
import io.framequota.scheduler.cgroup.CpuGroups;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A control group for each worker's inference server. This process makes and removes them, because it starts and restarts
 * what runs in them; the scheduler writes their limits.
 */
final class WorkerCgroups implements AutoCloseable {
    private final @Nullable CpuGroups groups;
    private final String place;
    private final Consumer<String> say;
    private final Map<String, CpuGroup> open = new ConcurrentHashMap<>();

    private WorkerCgroups(@Nullable CpuGroups groups, String place, Consumer<String> say) {
        this.groups = groups;
        this.place = place;
        this.say = say;
    }

    /** Makes none under dispatch, and none where the system does not let us, which is said. */
    static WorkerCgroups open(LocalSettings settings, Consumer<String> say) {
        if (settings.actuator() == Actuator.DISPATCH) {
            return new WorkerCgroups(null, "", say);
        }
        return switch (CgroupDetector.open()) {
            case CgroupSupport.Available(CpuGroups groups) -> new WorkerCgroups(groups, groups.place(), say);
            case CgroupSupport.Unavailable none -> {
                say.accept(none.notice());
                yield new WorkerCgroups(null, "none: " + none.reason(), say);
            }
        };
    }

    /** Where they are, for the scheduler; empty under dispatch. */
    String place() {
        return place;
    }

    /** The folders that all of them are in. */
    List<Path> folders() {
        return groups == null
                ? List.of()
                : Arrays.stream(place.split(":")).skip(1).map(Path::of).toList();
    }

    /** Takes each process of a worker into its group. */
    LongConsumer of(String worker) {
        CpuGroups owner = groups;
        return owner == null ? pid -> {} : pid -> take(owner, worker, pid);
    }

    private void take(CpuGroups owner, String worker, long pid) {
        try {
            open.computeIfAbsent(worker, owner::create).add(pid);
        } catch (EnforcementException e) {
            say.accept(worker + " is not held to its share: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        if (groups != null) {
            groups.close();
        }
    }
}
