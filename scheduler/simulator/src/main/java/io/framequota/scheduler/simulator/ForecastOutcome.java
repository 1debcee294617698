package io.framequota.scheduler.simulator;

/**
 * A job's first forecast beside its actual response. Times are seconds from submission to end.
 *
 * @param policy policy under which it was forecast and ended
 * @param forecastS first forecast, above 0
 * @param responseS actual response, above 0
 */
public record ForecastOutcome(String policy, double forecastS, double responseS) {
    /** Relative error: 0.1 if the forecast was 10 % too long. */
    public double error() {
        return forecastS / responseS - 1;
    }

    /** Whether both times are finite and above 0. */
    public boolean isUsable() {
        return forecastS > 0 && responseS > 0 && forecastS < Double.POSITIVE_INFINITY;
    }
}
