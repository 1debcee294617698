package io.framequota.lab.worker;

import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.simulator.Arrival;
import org.jspecify.annotations.Nullable;

/** A job that has arrived and not ended. */
final class CpuShareJob {
    final Arrival arrival;
    private final SnapshotJob queued;

    /** The worker of the job; null until the job is placed. */
    @Nullable
    WorkerAssignment assignment;

    /** CPU seconds that the worker had used when the job began. */
    double cpuBefore;

    /**
     * @param position in order of arrival
     * @param limit largest number of millicores that the job can use
     */
    CpuShareJob(Arrival arrival, long position, double limit) {
        this.arrival = arrival;
        this.queued = SnapshotJob.queued(Long.toString(arrival.id()), position, arrival.sizeS())
                .submitted(arrival.arrivalS(), arrival.labels())
                .limited(limit);
    }

    /**
     * The job as a policy sees it.
     *
     * @param coreScale CPU seconds of this machine for one CPU second of the experiment
     */
    SnapshotJob view(double coreScale) {
        WorkerAssignment by = assignment;
        return by == null ? queued : queued.begun((by.worker.cpuS() - cpuBefore) / coreScale);
    }
}
