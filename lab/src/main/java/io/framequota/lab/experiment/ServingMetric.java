package io.framequota.lab.experiment;

import java.util.Locale;
import java.util.OptionalDouble;

/** What is measured of a way of serving beside the response. */
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

    /** As programs read it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As a headline. */
    public String title() {
        return title;
    }

    /** What it is counted in. */
    public String unit() {
        return unit;
    }

    /** A value, and what theory expects where it does. */
    public record Value(double measured, OptionalDouble predicted) {}
}
