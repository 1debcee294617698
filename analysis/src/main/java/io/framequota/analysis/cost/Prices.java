package io.framequota.analysis.cost;

/**
 * Prices of computing, in any currency.
 *
 * @param perCoreHour of one CPU core (1000m), at least 0
 * @param perGpuHour of one GPU, at least 0
 */
public record Prices(double perCoreHour, double perGpuHour) {
    private static final double SECONDS_PER_HOUR = 3600;

    public Prices {
        if (!(perCoreHour >= 0 && perGpuHour >= 0 && Double.isFinite(perCoreHour) && Double.isFinite(perGpuHour))) {
            throw new IllegalArgumentException("prices must be numbers of at least 0");
        }
    }

    /** Price of so much computing time. */
    public double of(double coreSeconds, double gpuSeconds) {
        return (coreSeconds * perCoreHour + gpuSeconds * perGpuHour) / SECONDS_PER_HOUR;
    }
}
