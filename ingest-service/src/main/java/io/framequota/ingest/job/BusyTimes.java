package io.framequota.ingest.job;

/** Busy microseconds of a job, summed over processes; waiting apart. */
public record BusyTimes(
        long modelMicros,
        long preprocessMicros,
        long postprocessMicros,
        long transportMicros,
        long decodeMicros,
        long scaleMicros,
        long publishMicros,
        long waitMicros) {

    /** Everything that is neither decoding nor the model. */
    public long overheadMicros() {
        return preprocessMicros + postprocessMicros + transportMicros + scaleMicros + publishMicros;
    }
}
