package io.framequota.lab.experiment;

import java.util.Locale;

/** How CPU shares are enforced. */
public enum ActuatorKind {
    /** Each job's process has a CPU quota. */
    QUOTA,
    /** Free workers of one core each get chunks of jobs, in the policy's order. */
    DISPATCH,
    /** Each job's process has a CPU weight; its share is guaranteed only while all processes are busy. */
    WEIGHT,
    /** Each job has a part of the compute time of devices, and runs in batches. */
    GPU_TIME,
    /** The operating system shares the cores ({@link ServingMode}). Experiment files cannot name this. */
    NONE;

    /** The name in experiment files and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
