package io.framequota.scheduler.simulator;

/** How a CPU share translates into the speed of a job over time. */
public enum QuotaModel {
    /** A job runs at the speed of its share at every moment. */
    FLUID,
    /**
     * Like CFS bandwidth control: in each period a job computes until its quota is spent, and then stands still.
     * Writing a quota refills it and starts a new period, so a quota is written at most once per period. Jobs do not
     * compete for cores beyond their quotas.
     */
    STAIRCASE,
    /**
     * Compute time of devices: a job computes in batches, each on one device, and may start one while its bucket of
     * compute time is above 0 ({@link io.framequota.common.compute.ComputeTimeBuckets}). A core is a device.
     */
    BATCHES
}
