package io.framequota.scheduler.policy;

import java.util.List;

/**
 * Everything a policy may know.
 *
 * @param nowS seconds on the clock of {@link SnapshotJob#submittedS()}; a policy itself reads no clock
 * @param budget millicores to divide, 0 when nothing can compute
 * @param cores units of compute that can each serve one job at a time; one of them is {@link #core()} millicores
 * @param maxActive the most jobs that may hold something at once, at least 1
 * @param speedup of every job, over {@link #core()}s
 * @param jobs every job that still has work, in order of arrival
 */
public record Snapshot(double nowS, double budget, int cores, int maxActive, Speedup speedup, List<SnapshotJob> jobs) {
    public Snapshot {
        if (!(budget >= 0) || cores < 0 || maxActive < 1) {
            throw new IllegalArgumentException(
                    "a snapshot of " + budget + " millicores, " + cores + " cores and max_active " + maxActive);
        }
        // Copies only what is not immutable already: a decision over 10,000 jobs must not copy them twice.
        jobs = List.copyOf(jobs);
    }

    /** A snapshot at time 0 of jobs that use every core in full. */
    public Snapshot(double budget, int cores, int maxActive, List<SnapshotJob> jobs) {
        this(0, budget, cores, maxActive, Speedup.LINEAR, jobs);
    }

    /** Millicores of one unit of compute, 0 when there is none. */
    public double core() {
        return cores == 0 ? 0 : budget / cores;
    }

    /** How many jobs may hold something: the smaller of {@link #maxActive()} and the number of jobs. */
    public int active() {
        return Math.min(maxActive, jobs.size());
    }
}
