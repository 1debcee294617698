package io.framequota.ingest.api;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The body of a request. Rejects the request when the client sends too slowly, so that a client that sends a byte now and then
 * does not hold the request's memory for ever. Only the time spent waiting for the client counts. Closing does nothing. For one
 * thread.
 */
public final class MinimumRateInputStream extends InputStream {
    /** As much as a fetched source must send by default. */
    public static final long MIN_BYTES_PER_SECOND = 8 * 1024;

    /** The rate is measured over this time of waiting, so that a client may pause. */
    private static final Duration RATE_WINDOW = Duration.ofSeconds(20);

    /** Timeout for a body of a few lines. */
    private static final Duration SHORT_BODY_TIMEOUT = Duration.ofSeconds(10);

    private final InputStream in;
    private final Duration window;
    private final long minBytes;
    private final LongSupplier nanoTime;
    private final String rule;
    private long waitedNanos;
    private long windowBytes;

    /**
     * @param minBytes bytes that must come in every window of waiting; {@code Long.MAX_VALUE} allows one window only
     * @param rule the rule that a slow client breaks, for the message
     */
    MinimumRateInputStream(InputStream in, Duration window, long minBytes, String rule, LongSupplier nanoTime) {
        this.in = in;
        this.window = window;
        this.minBytes = minBytes;
        this.rule = rule;
        this.nanoTime = nanoTime;
    }

    /** A body of any length, which must come at a minimum rate. */
    static MinimumRateInputStream ofAnyLength(InputStream in) {
        return new MinimumRateInputStream(
                in,
                RATE_WINDOW,
                MIN_BYTES_PER_SECOND * RATE_WINDOW.toSeconds(),
                "a body must come with " + MIN_BYTES_PER_SECOND + " bytes a second",
                System::nanoTime);
    }

    /** A body of a few lines, which must come completely within a timeout. */
    static MinimumRateInputStream ofFewLines(InputStream in) {
        return new MinimumRateInputStream(
                in,
                SHORT_BODY_TIMEOUT,
                Long.MAX_VALUE,
                "a body of JSON must come within " + SHORT_BODY_TIMEOUT.toSeconds() + " s",
                System::nanoTime);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws RejectedRequestException when the client is too slow */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long start = nanoTime.getAsLong();
        int n = in.read(target, offset, length);
        if (n < 0) {
            return n;
        }
        waitedNanos += nanoTime.getAsLong() - start;
        windowBytes += n;
        if (waitedNanos > window.toNanos()) {
            if (windowBytes < minBytes) {
                throw RejectedRequestException.tooSlow("the request comes too slowly: " + rule + "; send it again");
            }
            waitedNanos = 0;
            windowBytes = 0;
        }
        return n;
    }
}
