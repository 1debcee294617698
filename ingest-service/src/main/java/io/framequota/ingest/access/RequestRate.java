package io.framequota.ingest.access;

import io.framequota.ingest.config.IngestConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A token bucket for each key: so many requests a second, and as many as {@value #BURST_SECONDS} seconds bring at once. Thread-safe.
 */
@Singleton
public final class RequestRate {
    private static final int BURST_SECONDS = 10;
    private static final double NANOS = 1e9;

    /** Above this number, buckets that are full again are forgotten. */
    private static final int MANY = 10_000;

    private final double perSecond;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    private record Bucket(double tokens, long at) {}

    @Inject
    RequestRate(IngestConfig config) {
        this(config.keyRequestsPerSecond().orElse(0), System::nanoTime);
    }

    /** @param perSecond requests a second, 0 for no limit */
    RequestRate(double perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** Takes a token. Empty when there was one, else the seconds until there is one again. */
    public OptionalLong take(Caller caller) {
        if (perSecond <= 0 || caller.key().isEmpty()) {
            return OptionalLong.empty();
        }
        double most = Math.max(1, perSecond * BURST_SECONDS);
        long now = nanoTime.getAsLong();
        if (buckets.size() > MANY) {
            buckets.values().removeIf(bucket -> now - bucket.at() > BURST_SECONDS * NANOS);
        }
        double[] before = new double[1];
        buckets.compute(caller.key(), (key, bucket) -> {
            double tokens = bucket == null
                    ? most
                    : Math.min(most, bucket.tokens() + Math.max(0, now - bucket.at()) / NANOS * perSecond);
            before[0] = tokens;
            return new Bucket(tokens < 1 ? tokens : tokens - 1, now);
        });
        return before[0] >= 1
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, (long) Math.ceil((1 - before[0]) / perSecond)));
    }
}
