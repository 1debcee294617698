package io.framequota.analysis.cost;

/**
 * What it costs to serve requests that each take some time on some cores.
 *
 * @param latencyS seconds that a request occupies its cores and its GPU
 * @param cores CPU cores that it occupies meanwhile
 * @param gpus GPUs that it occupies meanwhile
 * @param requestsPerDay arrivals
 * @param utilization part of the paid time in which cores are busy, above 0, at most 1
 */
public record ServingCost(double latencyS, double cores, double gpus, double requestsPerDay, double utilization) {
    private static final double SECONDS_PER_DAY = 86_400;
    /** Of {@link #perYear}. */
    public static final double DAYS_PER_YEAR = 365;

    public ServingCost {
        if (!(latencyS > 0 && cores >= 0 && gpus >= 0 && requestsPerDay > 0 && utilization > 0 && utilization <= 1)
                || !Double.isFinite(latencyS * (cores + gpus + 1) * requestsPerDay / utilization)) {
            throw new IllegalArgumentException(
                    "latency and requests a day must be above 0, cores and GPUs at least 0, utilization above 0, at most 1");
        }
    }

    /** The same requests with another latency. */
    public ServingCost withLatency(double seconds) {
        return new ServingCost(seconds, cores, gpus, requestsPerDay, utilization);
    }

    public double coreSecondsPerRequest() {
        return latencyS * cores;
    }

    public double gpuSecondsPerRequest() {
        return latencyS * gpus;
    }

    /** Cores that are busy on average: arrivals a second times core-seconds of each (Little's law). */
    public double busyCores() {
        return requestsPerDay / SECONDS_PER_DAY * coreSecondsPerRequest();
    }

    /** Cores that have to be paid for. */
    public double paidCores() {
        return busyCores() / utilization;
    }

    public double perRequest(Prices prices) {
        return prices.of(coreSecondsPerRequest(), gpuSecondsPerRequest()) / utilization;
    }

    public double perDay(Prices prices) {
        return perRequest(prices) * requestsPerDay;
    }

    /** For 365 days. */
    public double perYear(Prices prices) {
        return perDay(prices) * DAYS_PER_YEAR;
    }
}
