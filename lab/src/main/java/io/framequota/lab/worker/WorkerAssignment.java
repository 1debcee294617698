package io.framequota.lab.worker;

import org.jspecify.annotations.Nullable;

/** A worker in a run. */
final class WorkerAssignment {
    final String name;
    final BurnerWorker worker;

    /** What it works on, null when it is idle. */
    @Nullable
    CpuShareJob job;

    /** A job that begins as soon as its share was asked for. */
    boolean begins;

    /** A job that was begun and of which the worker has not said so yet. */
    boolean beginning;

    /** When its worker began the job, and when a share of it last came into force, in nanoseconds. */
    long begunNanos;

    long inForceNanos;

    /** End of the job whose share this one takes over, in nanoseconds; 0 when there is none. */
    long takesOverFrom;

    /** When its job was to be placed that came to an idle worker, in nanoseconds; 0 when another's end placed it. */
    long startsFrom;

    /** What its job was last given; 0 when it is idle. */
    int millicores;

    Parallelism parallelism = Parallelism.ONE;

    WorkerAssignment(BurnerWorker worker) {
        this.name = worker.name();
        this.worker = worker;
    }
}
