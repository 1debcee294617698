package io.framequota.lab.worker;

import org.jspecify.annotations.Nullable;

/** A worker during a run, with its current job. */
final class WorkerAssignment {
    final String name;
    final BurnerWorker worker;

    /** The current job; null if the worker is idle. */
    @Nullable
    CpuShareJob job;

    /** Whether the job is placed but not yet started; it starts after its share was written. */
    boolean begins;

    /** Whether the job was started and the worker has not yet confirmed it. */
    boolean beginning;

    /** Start of the job and last time at which a share of it came into force, in nanoseconds. */
    long begunNanos;

    long inForceNanos;

    /** End of the job whose share this job takes over, in nanoseconds; 0 without one. */
    long takesOverFrom;

    /** Time of the decision that placed the job on an idle worker, in nanoseconds; 0 if another job's end caused it. */
    long startsFrom;

    /** The last share of the job in millicores; 0 if idle. */
    int millicores;

    Parallelism parallelism = Parallelism.ONE;

    WorkerAssignment(BurnerWorker worker) {
        this.name = worker.name();
        this.worker = worker;
    }
}
