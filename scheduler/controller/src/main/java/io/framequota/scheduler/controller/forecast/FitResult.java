package io.framequota.scheduler.controller.forecast;

import org.jspecify.annotations.Nullable;

/**
 * Whether a job that was not submitted would end in time.
 *
 * @param fits whether it would: expected within its deadline, or at all when it has none
 * @param forecastS seconds from now to its end, null when there is no forecast
 * @param forecastP10S one in ten ends sooner
 * @param forecastP90S one in ten ends later
 * @param reason one line for people
 */
public record FitResult(
        boolean fits,
        @Nullable Double forecastS,
        @Nullable Double forecastP10S,
        @Nullable Double forecastP90S,
        String reason) {}
