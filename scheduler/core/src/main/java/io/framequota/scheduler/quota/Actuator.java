package io.framequota.scheduler.quota;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How an allocation becomes true. */
public enum Actuator {
    /** Chunks of the chosen jobs go to workers next. */
    DISPATCH,
    /** Each worker has a quota: a ceiling. */
    QUOTA,
    /** Each worker has a weight: what others leave is used too. */
    WEIGHT;

    /**
     * The one with a name.
     *
     * @throws IllegalArgumentException when there is none; the message says what is allowed
     */
    public static Actuator named(String name) {
        return Arrays.stream(values())
                .filter(a -> a.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no actuator '" + name + "'; allowed: "
                        + Arrays.stream(values()).map(Actuator::label).collect(Collectors.joining(", "))));
    }

    /** As people write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
