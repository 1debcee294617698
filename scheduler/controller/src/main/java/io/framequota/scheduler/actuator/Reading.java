package io.framequota.scheduler.actuator;

import io.framequota.scheduler.enforce.CpuUse;
import org.jspecify.annotations.Nullable;

/**
 * One worker's millicores.
 *
 * @param worker its name
 * @param allocation exact millicores that it should have
 * @param inForce millicores that the system lets it have
 * @param use what it has used since its limit exists, null where that cannot be seen
 * @param trouble why the two differ, null when nothing is wrong
 */
public record Reading(
        String worker,
        double allocation,
        int inForce,
        @Nullable CpuUse use,
        @Nullable String trouble) {}
