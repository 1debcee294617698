package io.framequota.ingest.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as the authority holds it at one moment.
 *
 * @param arrival position in order of submission
 * @param forecast its first one, null until there is one
 */
public record Job(
        JobSpec spec,
        long arrival,
        Instant submittedAt,
        JobState state,
        JobProgress tally,
        @Nullable FirstForecast forecast) {
    /** A job without a forecast. */
    public Job(JobSpec spec, long arrival, Instant submittedAt, JobState state, JobProgress tally) {
        this(spec, arrival, submittedAt, state, tally, null);
    }

    /** The job's id. */
    public String id() {
        return spec.id();
    }

    /** Whether nothing more happens by itself. */
    public boolean ended() {
        return state instanceof JobState.Ended;
    }
}
