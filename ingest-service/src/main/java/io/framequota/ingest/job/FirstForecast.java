package io.framequota.ingest.job;

/**
 * A job's first forecast, in seconds from its submission to its end.
 *
 * @param p10S one in ten ends sooner
 * @param p90S one in ten ends later
 * @param policy that it was made under
 */
public record FirstForecast(double forecastS, double p10S, double p90S, String policy) {}
