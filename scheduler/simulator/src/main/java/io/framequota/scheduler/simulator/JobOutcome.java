package io.framequota.scheduler.simulator;

import java.util.Map;

/**
 * The outcome of one simulated job. Times are seconds.
 *
 * @param id id of the job
 * @param arrivalS time of arrival
 * @param sizeS its size in CPU seconds on one core
 * @param labels labels as submitted
 * @param responseS from arrival to end or, for a refused job, to its refusal
 * @param refused whether the policy refused it
 * @param forecastS the response that was forecast at its arrival; NaN if the run makes no forecasts
 */
public record JobOutcome(
        long id,
        double arrivalS,
        double sizeS,
        Map<String, String> labels,
        double responseS,
        boolean refused,
        double forecastS) {}
