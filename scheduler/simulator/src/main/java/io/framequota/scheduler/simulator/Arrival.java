package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.JobDescriptor;
import java.util.Map;

/**
 * A job of a workload.
 *
 * @param id id of the job, unique within its workload
 * @param arrivalS seconds after the start of the run, at least 0
 * @param sizeS CPU seconds on one core, above 0
 * @param labels labels as a client would submit them
 * @param parallelism cores that it can use at once, at least 1; {@link JobDescriptor#UNLIMITED} if only the speedup
 *     limits it
 */
public record Arrival(long id, double arrivalS, double sizeS, Map<String, String> labels, int parallelism) {
    public Arrival {
        if (!(arrivalS >= 0) || Double.isInfinite(arrivalS)) {
            throw new ScenarioException(
                    "job " + id + " arrives at " + arrivalS + " s; a number of at least 0 is allowed");
        }
        if (!(sizeS > 0) || Double.isInfinite(sizeS)) {
            throw new ScenarioException("job " + id + " has the size " + sizeS + " s; a number above 0 is allowed");
        }
        if (parallelism < 1) {
            throw new ScenarioException(
                    "job " + id + " can use " + parallelism + " cores at once; at least 1 is allowed");
        }
        labels = Map.copyOf(labels);
    }

    /** A job that can use every core. */
    public Arrival(long id, double arrivalS, double sizeS, Map<String, String> labels) {
        this(id, arrivalS, sizeS, labels, JobDescriptor.UNLIMITED);
    }

    /** The number of equal chunks if none may be longer than so many CPU seconds. */
    public int chunks(double chunkS) {
        return (int) Math.max(1, Math.ceil(sizeS / chunkS - 1e-9));
    }

    /** The same job with other labels. */
    public Arrival labelled(Map<String, String> labels) {
        return new Arrival(id, arrivalS, sizeS, labels, parallelism);
    }

    /** The same job with another id. */
    Arrival numbered(long number) {
        return new Arrival(number, arrivalS, sizeS, labels, parallelism);
    }

    /** The same job with another size. */
    public Arrival resized(double sizeS) {
        return new Arrival(id, arrivalS, sizeS, labels, parallelism);
    }
}
