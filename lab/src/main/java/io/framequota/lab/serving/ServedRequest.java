package io.framequota.lab.serving;

import io.framequota.lab.experiment.Run;

/** A request with seconds at which it came, was begun and ended; its size is as the experiment has it. */
public record ServedRequest(long id, double arrivalS, double beginS, double endS, double sizeS) {
    /** Seconds from its start to its end. */
    public double serviceS() {
        return endS - beginS;
    }

    /** The same without the start. */
    public Run.JobRun job() {
        return new Run.JobRun(id, arrivalS, endS, sizeS);
    }
}
