package io.framequota.scheduler.simulator;

import java.util.Map;

/**
 * What became of one job.
 *
 * @param id of the job
 * @param arrivalS when it came
 * @param sizeS its size
 * @param labels as submitted
 * @param responseS from its arrival to its end; of a refused job to its refusal
 * @param refused whether the policy refused it
 * @param forecastS its response as forecast when it came; NaN where nobody asked
 */
public record JobOutcome(
        long id,
        double arrivalS,
        double sizeS,
        Map<String, String> labels,
        double responseS,
        boolean refused,
        double forecastS) {}
