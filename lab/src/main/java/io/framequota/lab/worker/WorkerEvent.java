package io.framequota.lab.worker;

/** What a worker says. Times are nanoseconds of this process's {@link System#nanoTime()}. */
public sealed interface WorkerEvent {
    /** Its worker. */
    BurnerWorker from();

    /** The job's first unit is about to be worked on. */
    record Began(BurnerWorker from, long job, long nanos) implements WorkerEvent {}

    /** The job's last unit is done. */
    record Ended(BurnerWorker from, long job, long nanos) implements WorkerEvent {}

    /** The worker has found this quota in force. */
    record Holds(BurnerWorker from, int millicores, long nanos) implements WorkerEvent {}

    /** It cannot go on; in words for people. */
    record Failed(BurnerWorker from, String why) implements WorkerEvent {}
}
