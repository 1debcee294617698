package io.framequota.lab.worker;

import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.simulator.Arrival;
import org.jspecify.annotations.Nullable;

/** A job that has come and not ended. */
final class CpuShareJob {
    final Arrival arrival;
    private final SnapshotJob queued;

    /** Who works on it, null until it is placed. */
    @Nullable
    WorkerAssignment assignment;

    /** CPU seconds that its worker had used when it began. */
    double cpuBefore;

    /**
     * @param position in order of arrival
     * @param limit the most millicores that it can use
     */
    CpuShareJob(Arrival arrival, long position, double limit) {
        this.arrival = arrival;
        this.queued = SnapshotJob.queued(Long.toString(arrival.id()), position, arrival.sizeS())
                .submitted(arrival.arrivalS(), arrival.labels())
                .limited(limit);
    }

    /**
     * What a policy sees.
     *
     * @param coreScale CPU seconds of this machine in one of the experiment
     */
    SnapshotJob view(double coreScale) {
        WorkerAssignment by = assignment;
        return by == null ? queued : queued.begun((by.worker.cpuS() - cpuBefore) / coreScale);
    }
}
