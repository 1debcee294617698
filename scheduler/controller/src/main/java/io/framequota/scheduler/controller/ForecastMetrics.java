package io.framequota.scheduler.controller;

import io.framequota.scheduler.controller.forecast.ForecastHistory;
import io.framequota.scheduler.simulator.ForecastAccuracy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metrics of the forecasts' accuracy, by policy and in total. For one thread at a time. */
final class ForecastMetrics {
    private final Map<String, MultiGauge> gauges = new HashMap<>();

    ForecastMetrics(MeterRegistry registry) {
        gauge(registry, "jobs", "jobs whose first forecast was compared with the response");
        gauge(registry, "error.median", "median absolute relative error of first forecasts");
        gauge(registry, "error.p90", "90th percentile of the absolute relative errors");
        gauge(registry, "error.p99", "99th percentile of the absolute relative errors");
        gauge(registry, "bias", "mean relative error; positive if forecasts are too long");
        gauge(registry, "correlation", "correlation of first forecasts with responses");
    }

    private void gauge(MeterRegistry registry, String name, String description) {
        gauges.put(
                name,
                MultiGauge.builder("framequota.forecast." + name)
                        .description(description)
                        .register(registry));
    }

    void show(ForecastHistory history) {
        Map<String, ForecastAccuracy> all = new HashMap<>(history.byPolicy());
        all.put("all", history.accuracy());
        Map<String, List<MultiGauge.Row<?>>> rows = new HashMap<>();
        all.forEach((policy, accuracy) -> {
            row(rows, "jobs", policy, (double) accuracy.jobs());
            row(rows, "error.median", policy, accuracy.medianError());
            row(rows, "error.p90", policy, accuracy.p90Error());
            row(rows, "error.p99", policy, accuracy.p99Error());
            row(rows, "bias", policy, accuracy.bias());
            row(rows, "correlation", policy, accuracy.correlation());
        });
        gauges.forEach((name, gauge) -> gauge.register(rows.getOrDefault(name, List.of()), true));
    }

    private static void row(
            Map<String, List<MultiGauge.Row<?>>> rows, String name, String policy, @Nullable Double value) {
        if (value != null) {
            rows.computeIfAbsent(name, n -> new ArrayList<>()).add(MultiGauge.Row.of(Tags.of("policy", policy), value));
        }
    }
}
