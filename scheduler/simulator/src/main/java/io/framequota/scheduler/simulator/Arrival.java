package io.framequota.scheduler.simulator;

import java.util.Map;

/**
 * A job of a workload.
 *
 * @param id of the job, unique within its workload
 * @param arrivalS seconds after the start of the run, at least 0
 * @param sizeS CPU seconds at one core, above 0
 * @param labels as a client would submit them
 */
public record Arrival(long id, double arrivalS, double sizeS, Map<String, String> labels) {
    public Arrival {
        if (!(arrivalS >= 0) || Double.isInfinite(arrivalS)) {
            throw new ScenarioException(
                    "job " + id + " arrives at " + arrivalS + " s; a number of at least 0 is allowed");
        }
        if (!(sizeS > 0) || Double.isInfinite(sizeS)) {
            throw new ScenarioException("job " + id + " has the size " + sizeS + " s; a number above 0 is allowed");
        }
        labels = Map.copyOf(labels);
    }
}
