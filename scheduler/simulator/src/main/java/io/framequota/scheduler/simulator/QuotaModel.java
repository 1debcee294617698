package io.framequota.scheduler.simulator;

/** How a share becomes speed. */
public enum QuotaModel {
    /** At every moment a job runs at the speed of its share. */
    FLUID,
    /**
     * As CFS bandwidth control does it: in each period a job computes until its quota is spent and then stands still.
     * Writing a quota refills it and begins a period, so none is written twice within one. Jobs do not compete for cores beyond their quotas.
     */
    STAIRCASE
}
