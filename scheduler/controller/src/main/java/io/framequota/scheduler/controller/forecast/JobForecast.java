package io.framequota.scheduler.controller.forecast;

/**
 * The forecast of a job's response time, in seconds from its submission.
 *
 * @param job its id
 * @param position in the queue of waiting jobs by expected start, 1 for the next; 0 if the job has started
 * @param forecastS expected value
 * @param p10S 10th percentile
 * @param p90S 90th percentile
 * @param policy under which the forecast was made
 * @param simulated whether it was simulated; else there were too many jobs, and only the work ahead of it was counted
 * @param sized whether the job's size is known; else there is only a position, and the seconds are NaN
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
