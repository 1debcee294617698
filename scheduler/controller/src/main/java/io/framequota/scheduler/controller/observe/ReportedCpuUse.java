package io.framequota.scheduler.controller.observe;

import io.framequota.common.cgroup.CpuUsage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What workers said last that their compute has used and may use, for homes whose kernel is not here. One reading for each worker that is
 * there. Safe for use by several threads.
 */
@ApplicationScoped
public class ReportedCpuUse {
    private volatile @Nullable Listener listener;
    private final Map<String, CpuUsage> readings = new ConcurrentHashMap<>();

    /** Hears what kernels have in force. */
    public interface Listener {
        /** A worker's kernel lets it use so many millicores, infinite without a limit. */
        void inForce(String worker, double millicores);
    }

    /** A worker said it, and what its kernel lets it use where that is known. */
    public void told(String worker, CpuUsage use, OptionalDouble inForce) {
        readings.put(worker, use);
        Listener hears = listener;
        if (hears != null && inForce.isPresent()) {
            hears.inForce(worker, inForce.getAsDouble());
        }
    }

    /** Who hears of limits in force from now on, from any thread; null for nobody. */
    public void listen(@Nullable Listener next) {
        listener = next;
    }

    /** A worker does not say it (any more). */
    public void forget(String worker) {
        readings.remove(worker);
    }

    /** As said last, null when nothing was. */
    public @Nullable CpuUsage of(String worker) {
        return readings.get(worker);
    }
}
