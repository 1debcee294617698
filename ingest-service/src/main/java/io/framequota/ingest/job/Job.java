package io.framequota.ingest.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as the database holds it at one moment.
 *
 * @param arrival position in the order of submission
 * @param forecast the job's first forecast, null until there is one
 */
public record Job(
        JobSpec spec,
        long arrival,
        Instant submittedAt,
        JobState state,
        JobProgress progress,
        @Nullable FirstForecast forecast) {
    /**
     * A job's first forecast, in seconds from its submission to its end.
     *
     * @param p10S the job ends earlier with a probability of 10 %
     * @param p90S the job ends later with a probability of 10 %
     * @param policy the policy at the time of the forecast
     */
    public record FirstForecast(double forecastS, double p10S, double p90S, String policy) {}

    /** The job's id. */
    public String id() {
        return spec.id();
    }

    /** Seconds from submission to the end, null while the job has not ended. */
    public @Nullable Double responseSeconds() {
        return state instanceof JobState.Ended ended ? secondsUntil(ended.at()) : null;
    }

    /** Seconds from submission to a time, 0 if that is earlier. */
    public double secondsUntil(Instant time) {
        return Math.max(0, Duration.between(submittedAt, time).toMillis()) / 1000.0;
    }

    /** Whether the job has ended. Only a redrive changes an ended job. */
    public boolean ended() {
        return state instanceof JobState.Ended;
    }
}
