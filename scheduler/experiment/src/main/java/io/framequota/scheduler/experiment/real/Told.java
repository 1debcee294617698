package io.framequota.scheduler.experiment.real;

/** What a worker says. Times are nanoseconds of this process's {@link System#nanoTime()}. */
public sealed interface Told {
    /** Its worker. */
    Worker from();

    /** The job's first unit is about to be worked on. */
    record Began(Worker from, long job, long nanos) implements Told {}

    /** The job's last unit is done. */
    record Ended(Worker from, long job, long nanos) implements Told {}

    /** The worker has found this quota in force. */
    record Holds(Worker from, int millicores, long nanos) implements Told {}

    /** It cannot go on; in words for people. */
    record Failed(Worker from, String why) implements Told {}
}
