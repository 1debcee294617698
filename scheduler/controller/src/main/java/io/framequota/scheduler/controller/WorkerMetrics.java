package io.framequota.scheduler.controller;

import io.framequota.scheduler.controller.enforce.QuotaReading;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Metrics of every worker's share and limit; none under dispatch. */
final class WorkerMetrics {
    private final MultiGauge allocation;
    private final MultiGauge quota;
    private final MultiGauge throttled;
    private final MultiGauge cpu;

    WorkerMetrics(MeterRegistry registry) {
        allocation = gauge(registry, "allocation.millicores", "exact part of the job's share");
        quota = gauge(registry, "quota.millicores", "quota or weight in force");
        throttled = gauge(registry, "throttled.seconds", "time throttled by the quota");
        cpu = gauge(registry, "cpu.seconds", "CPU time used");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder("framequota.worker." + name)
                .description(description)
                .register(registry);
    }

    void show(List<QuotaReading> readings) {
        List<QuotaReading> counted =
                readings.stream().filter(r -> r.use() != null).toList();
        rows(allocation, readings, QuotaReading::allocation);
        rows(quota, readings, QuotaReading::inForce);
        rows(throttled, counted, r -> Objects.requireNonNull(r.use()).throttledS());
        rows(cpu, counted, r -> Objects.requireNonNull(r.use()).cpuS());
    }

    private static void rows(MultiGauge gauge, List<QuotaReading> readings, ToDoubleFunction<QuotaReading> value) {
        gauge.register(
                readings.stream()
                        .map(r -> MultiGauge.Row.of(Tags.of("worker", r.worker()), value.applyAsDouble(r)))
                        .toList(),
                true);
    }
}
