package io.framequota.scheduler.simulator;

/**
 * A job's first forecast and what came of it.
 *
 * @param policy under which it was forecast and ended
 * @param forecastS from submission to end as first forecast, above 0
 * @param responseS as it was, above 0
 */
public record ForecastOutcome(String policy, double forecastS, double responseS) {
    /** Relative error: 0.1 when the forecast was 10 % too long. */
    public double error() {
        return forecastS / responseS - 1;
    }

    /** Whether anything can be learnt from it. */
    public boolean isUsable() {
        return forecastS > 0 && responseS > 0 && forecastS < Double.POSITIVE_INFINITY;
    }
}
