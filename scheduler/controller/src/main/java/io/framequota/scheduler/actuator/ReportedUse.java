package io.framequota.scheduler.actuator;

import io.framequota.scheduler.enforce.CpuUse;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What workers said last that their compute has used, for homes whose kernel is not here. One reading for each worker that is
 * there. Safe for use by several threads.
 */
@ApplicationScoped
public class ReportedUse {
    private final Map<String, CpuUse> readings = new ConcurrentHashMap<>();

    /** A worker said it. */
    public void told(String worker, CpuUse use) {
        readings.put(worker, use);
    }

    /** A worker does not say it (any more). */
    public void forget(String worker) {
        readings.remove(worker);
    }

    /** As said last, null when nothing was. */
    public @Nullable CpuUse of(String worker) {
        return readings.get(worker);
    }
}
