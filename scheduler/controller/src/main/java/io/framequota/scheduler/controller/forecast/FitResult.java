package io.framequota.scheduler.controller.forecast;

import org.jspecify.annotations.Nullable;

/**
 * Whether a job would end in time if it was submitted now.
 *
 * @param fits whether it would end within its deadline, or at all if it has none
 * @param forecastS expected seconds from now to its end, null if there is no forecast
 * @param forecastP10S 10th percentile of the forecast
 * @param forecastP90S 90th percentile of the forecast
 * @param reason one line for people
 */
public record FitResult(
        boolean fits,
        @Nullable Double forecastS,
        @Nullable Double forecastP10S,
        @Nullable Double forecastP90S,
        String reason) {}
