package io.framequota.scheduler.controller.enforce;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.quota.WriteOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The share and the limit of one worker, in millicores.
 *
 * @param worker its name
 * @param allocation its exact share
 * @param wanted its share rounded to the step of quotas
 * @param inForce the limit in force
 * @param use its CPU use since the limit exists, null if it is not known
 * @param missed why the limit in force is not the wanted one; null if it is, or will be in a moment
 */
public record QuotaReading(
        String worker,
        double allocation,
        int wanted,
        int inForce,
        @Nullable CpuUsage use,
        WriteOutcome.@Nullable Missed missed) {
    String words() {
        return worker + " has " + inForce + "m of " + wanted + "m" + (missed == null ? "" : ": " + missed.words());
    }
}
