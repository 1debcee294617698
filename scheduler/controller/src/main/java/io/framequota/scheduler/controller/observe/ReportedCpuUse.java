package io.framequota.scheduler.controller.observe;

import io.framequota.common.cgroup.CpuUsage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjDoubleConsumer;
import org.jspecify.annotations.Nullable;

/** The latest CPU use that each worker reported, for workers that run under another kernel than the scheduler. Thread-safe. */
@ApplicationScoped
public class ReportedCpuUse {
    private volatile @Nullable ObjDoubleConsumer<String> limitListener;
    private final Map<String, CpuUsage> readings = new ConcurrentHashMap<>();

    /** @param limit millicores that the worker's kernel enforces, infinite for no limit; empty if the report does not say */
    public void report(String worker, CpuUsage use, OptionalDouble limit) {
        readings.put(worker, use);
        ObjDoubleConsumer<String> listener = limitListener;
        if (listener != null && limit.isPresent()) {
            listener.accept(worker, limit.getAsDouble());
        }
    }

    /** @param listener is called, on any thread, with each worker and its reported limit; null for none */
    public void onLimit(@Nullable ObjDoubleConsumer<String> listener) {
        limitListener = listener;
    }

    /** The worker has left, or its reports no longer contain its use. */
    public void forget(String worker) {
        readings.remove(worker);
    }

    /** The latest report, null if there is none. */
    public @Nullable CpuUsage of(String worker) {
        return readings.get(worker);
    }
}
