package io.framequota.scheduler.controller.enforce;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.quota.WriteOutcome;
import org.jspecify.annotations.Nullable;

/**
 * One worker's millicores.
 *
 * @param worker its name
 * @param allocation exact millicores that it should have
 * @param wanted the same as a limit can say it
 * @param inForce millicores that the system lets it have
 * @param use what it has used since its limit exists, null where that cannot be seen
 * @param missed why it does not have what it should have, null when it has or will have in a moment
 */
public record QuotaReading(
        String worker,
        double allocation,
        int wanted,
        int inForce,
        @Nullable CpuUsage use,
        WriteOutcome.@Nullable Missed missed) {
    /** What it has and why it is not what it should have. */
    String words() {
        return worker + " has " + inForce + "m of " + wanted + "m" + (missed == null ? "" : ": " + missed.words());
    }
}
