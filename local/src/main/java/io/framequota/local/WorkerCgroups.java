package io.framequota.local;

import io.framequota.scheduler.cgroup.Cgroup;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.cgroup.CgroupTree;
import io.framequota.scheduler.cgroup.EnforcementException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A control group for each worker's inference server. This process creates and removes the groups, because it starts and
 * restarts the servers; the scheduler writes their limits.
 */
final class WorkerCgroups implements AutoCloseable {
    private final @Nullable CgroupTree groups;
    private final String description;
    private final Consumer<String> say;
    private final Map<String, Cgroup> open = new ConcurrentHashMap<>();

    private WorkerCgroups(@Nullable CgroupTree groups, String description, Consumer<String> say) {
        this.groups = groups;
        this.description = description;
        this.say = say;
    }

    /** Creates no group under dispatch, and none where the system does not permit it; the user is told the reason then. */
    static WorkerCgroups open(LocalSettings settings, Consumer<String> say) {
        if (!settings.actuator().limitsWorkers()) {
            return new WorkerCgroups(null, "", say);
        }
        return switch (CgroupDetector.open()) {
            case CgroupSupport.Available(CgroupTree groups) -> new WorkerCgroups(groups, groups.place(), say);
            case CgroupSupport.Unavailable none -> {
                say.accept(none.notice());
                yield new WorkerCgroups(null, "none: " + none.reason(), say);
            }
        };
    }

    /** Value of {@code FRAMEQUOTA_CGROUPS} for the scheduler: where the groups are, or why there are none; empty under dispatch. */
    String description() {
        return description;
    }

    /** The folders that contain all groups. */
    List<Path> folders() {
        return groups == null
                ? List.of()
                : Arrays.stream(description.split(":")).skip(1).map(Path::of).toList();
    }

    /** Puts the processes whose ids it receives into the group of a worker. */
    LongConsumer of(String worker) {
        CgroupTree owner = groups;
        return owner == null ? pid -> {} : pid -> put(owner, worker, pid);
    }

    private void put(CgroupTree owner, String worker, long pid) {
        try {
            open.computeIfAbsent(worker, owner::create).add(pid);
        } catch (EnforcementException e) {
            say.accept(worker + " is not limited to its share: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        if (groups != null) {
            groups.close();
        }
    }
}
