package io.framequota.scheduler.controller.forecast;

/**
 * When a job will end, in seconds from its submission.
 *
 * @param job its id
 * @param position among the jobs that wait, by when they are expected to start, 1 for the next; 0 for one that has started
 * @param forecastS expected
 * @param p10S one in ten ends sooner
 * @param p90S one in ten ends later
 * @param policy that it was made under
 * @param simulated whether it was simulated; else there were too many jobs, and only the work ahead of it was counted
 * @param sized whether its size is known; else it has a position and no forecast, and the seconds are NaN
 */
public record JobForecast(
        String job,
        int position,
        double forecastS,
        double p10S,
        double p90S,
        String policy,
        boolean simulated,
        boolean sized) {}
