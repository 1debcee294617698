package io.framequota.scheduler.policy;

import java.util.List;

/**
 * Everything that a policy may know.
 *
 * @param nowS the time in seconds, on the clock of {@link SnapshotJob#submittedS()}
 * @param budget millicores to divide, without what live streams have reserved; 0 if there are no workers
 * @param cores number of compute units that each serve one job at a time; a unit has {@link #core()} millicores
 * @param maxActive the most jobs that may have a share at once, at least 1
 * @param speedup how much faster any job runs on more units
 * @param jobs every job that still has work, in order of arrival
 */
public record Snapshot(double nowS, double budget, int cores, int maxActive, Speedup speedup, List<SnapshotJob> jobs) {
    public Snapshot {
        if (!(budget >= 0) || cores < 0 || maxActive < 1) {
            throw new IllegalArgumentException(
                    "a snapshot of " + budget + " millicores, " + cores + " cores and max_active " + maxActive);
        }
        // List.copyOf does not copy an immutable list.
        jobs = List.copyOf(jobs);
    }

    /** A snapshot at time 0 with linear speedup. */
    public Snapshot(double budget, int cores, int maxActive, List<SnapshotJob> jobs) {
        this(0, budget, cores, maxActive, Speedup.LINEAR, jobs);
    }

    /** Millicores of one compute unit, 0 if there are none. */
    public double core() {
        return cores == 0 ? 0 : budget / cores;
    }

    /** The number of jobs that an allocation ranks: the smaller of {@link #maxActive()} and the number of jobs. */
    public int active() {
        return Math.min(maxActive, jobs.size());
    }
}
