package io.framequota.lab.experiment;

import java.util.Locale;

/** How shares become true. */
public enum ActuatorKind {
    /** Each job's process has a CPU quota. */
    QUOTA,
    /** Chunks of jobs go to free workers of one core each, in the policy's order. */
    DISPATCH,
    /** Each job's process has a CPU weight: shares hold only while all are busy. */
    WEIGHT,
    /** Nothing shares out: requests are served as they come ({@link ServingMode}). No file names it. */
    NONE;

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
