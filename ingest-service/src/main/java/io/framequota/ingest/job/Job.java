package io.framequota.ingest.job;

import java.time.Instant;

/**
 * A job as the authority holds it at one moment.
 *
 * @param arrival position in order of submission
 */
public record Job(JobSpec spec, long arrival, Instant submittedAt, JobState state, JobTally tally) {
    /** The job's id. */
    public String id() {
        return spec.id();
    }

    /** Whether nothing more happens by itself. */
    public boolean ended() {
        return state instanceof JobState.Ended;
    }
}
