package io.framequota.lab.worker;

/** An event that a worker reports. Times are nanoseconds of this process's {@link System#nanoTime()}. */
public sealed interface WorkerEvent {
    /** The worker that reports the event. */
    BurnerWorker from();

    /** The worker starts the job's first unit. */
    record Began(BurnerWorker from, long job, long nanos) implements WorkerEvent {}

    /** The job's last unit is done. */
    record Ended(BurnerWorker from, long job, long nanos) implements WorkerEvent {}

    /** The worker found this quota in force. */
    record Holds(BurnerWorker from, int millicores, long nanos) implements WorkerEvent {}

    /** The worker cannot continue; the reason is for people. */
    record Failed(BurnerWorker from, String why) implements WorkerEvent {}
}
