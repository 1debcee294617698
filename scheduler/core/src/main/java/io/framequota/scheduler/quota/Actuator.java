package io.framequota.scheduler.quota;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How an allocation is enforced. */
public enum Actuator {
    /** Only by the order in which chunks are granted to workers. */
    DISPATCH,
    /** Each worker has a CPU quota, which is an upper limit. */
    QUOTA,
    /** Each worker has a CPU weight, so it may also use what other workers leave. */
    WEIGHT;

    /**
     * Finds an actuator by its label.
     *
     * @throws IllegalArgumentException if there is none; the message names the allowed ones
     */
    public static Actuator named(String name) {
        return Arrays.stream(values())
                .filter(a -> a.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no actuator '" + name + "'; allowed: "
                        + Arrays.stream(values()).map(Actuator::label).collect(Collectors.joining(", "))));
    }

    /** The name that users write. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
