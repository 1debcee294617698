package io.framequota.scheduler.quota;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How an allocation is enforced, and which resource it divides: CPU, or the compute time of inference servers. */
public enum Actuator {
    /** Only by the order in which chunks are granted to workers. */
    DISPATCH,
    /** Each worker has a CPU quota, which is an upper limit. */
    QUOTA,
    /** Each worker has a CPU weight, so it may also use what other workers leave. */
    WEIGHT,
    /** Each job has a part of the inference servers' compute time, which is an upper limit. */
    GPU_TIME,
    /** Each job has a part of the inference servers' compute time, and may also use what other jobs leave. */
    GPU_TIME_BORROW;

    /**
     * Finds an actuator by its label.
     *
     * @throws IllegalArgumentException if there is none; the message names the allowed ones
     */
    public static Actuator named(String name) {
        return Arrays.stream(values())
                .filter(a -> a.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no actuator '" + name + "'; allowed: " + labels()));
    }

    /** The labels of all actuators, for people. */
    public static String labels() {
        return Arrays.stream(values()).map(Actuator::label).collect(Collectors.joining(", "));
    }

    /** The name that users write. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it divides the compute time of inference servers, which workers may share; otherwise it divides CPU. */
    public boolean dividesComputeTime() {
        return this == GPU_TIME || this == GPU_TIME_BORROW;
    }

    /** Whether the kernel limits each worker, so each needs compute of its own. */
    public boolean limitsWorkers() {
        return this == QUOTA || this == WEIGHT;
    }
}
