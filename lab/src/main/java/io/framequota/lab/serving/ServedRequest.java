package io.framequota.lab.serving;

import io.framequota.lab.experiment.Run;

/** A served request with its times in seconds of the run. The size is unscaled. */
public record ServedRequest(long id, double arrivalS, double beginS, double endS, double sizeS) {
    /** Seconds from its start to its end. */
    public double serviceS() {
        return endS - beginS;
    }

    /** The request as a job of a run. */
    public Run.JobRun job() {
        return new Run.JobRun(id, arrivalS, endS, sizeS);
    }
}
