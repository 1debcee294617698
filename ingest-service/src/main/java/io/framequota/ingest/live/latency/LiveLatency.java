package io.framequota.ingest.live.latency;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** How long the results of one stream took over the last minute: a bounded number of samples. Not thread-safe. */
public final class LiveLatency {
    /** Enough for a minute at 60 results a second. */
    private static final int SAMPLES = 4096;

    private static final Duration SPAN = Duration.ofMinutes(1);

    private final long[] atMs = new long[SAMPLES];
    private final float[] tookMs = new float[SAMPLES];
    private int size;
    private int next;

    /** Adds a result that took so long. */
    public void add(Instant now, double ms) {
        atMs[next] = now.toEpochMilli();
        tookMs[next] = (float) Math.max(0, ms);
        next = (next + 1) % SAMPLES;
        size = Math.min(SAMPLES, size + 1);
    }

    /** Latencies of the last minute, sorted. */
    private float[] recent(Instant now) {
        long since = now.minus(SPAN).toEpochMilli();
        float[] recent = new float[size];
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (atMs[i] >= since) {
                recent[n++] = tookMs[i];
            }
        }
        float[] sorted = Arrays.copyOf(recent, n);
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * Latencies in milliseconds, 0 where there was no result in the last minute.
     *
     * @param perSecond results per second
     */
    public record Summary(double p50, double p95, double perSecond) {}

    /** The latencies of the last minute. */
    public Summary summary(Instant now) {
        float[] sorted = recent(now);
        if (sorted.length == 0) {
            return new Summary(0, 0, 0);
        }
        long since = now.minus(SPAN).toEpochMilli();
        long first = now.toEpochMilli();
        for (int i = 0; i < size; i++) {
            if (atMs[i] >= since) {
                first = Math.min(first, atMs[i]);
            }
        }
        double seconds = Math.max(1, (now.toEpochMilli() - first) / 1000.0);
        return new Summary(at(sorted, 0.5), at(sorted, 0.95), sorted.length / seconds);
    }

    /** The nearest rank. */
    private static double at(float[] sorted, double part) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }
}
