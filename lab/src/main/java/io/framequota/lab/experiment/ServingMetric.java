package io.framequota.lab.experiment;

import java.util.Locale;
import java.util.OptionalDouble;

/** Metrics of serving modes beside the response time. */
public enum ServingMetric {
    SERVICE_S("From a request's start to its end", "seconds"),
    MAKESPAN_S("From the first arrival to the last end", "seconds"),
    CPU_S("CPU used", "CPU seconds"),
    THROTTLED_S("Throttled by quotas", "seconds, summed over processes and cores"),
    QUOTA_MILLI("Quota in force of each", "millicores"),
    IDLE_MILLI("CPU of each container while nothing comes", "millicores"),
    MEMORY_MIB("Memory of each container while nothing comes", "MiB, shared pages divided among those that share them");

    private final String title;
    private final String unit;

    ServingMetric(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    /** The name in reports for programs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The headline in the report. */
    public String title() {
        return title;
    }

    /** The unit in words. */
    public String unit() {
        return unit;
    }

    /** A measured value and its prediction, if one is known. */
    public record Value(double measured, OptionalDouble predicted) {}
}
