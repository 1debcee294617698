package io.framequota.ingest.api;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A request's body whose client is given up when it sends too slowly: what a request reserves is not held for ever by one that
 * sends a byte now and then. Only time spent waiting for the client counts. Closing it does nothing. Not for several threads.
 */
public final class MinimumRateInputStream extends InputStream {
    /** As little as a source that is fetched may send. */
    public static final long LEAST_BYTES_PER_SECOND = 8 * 1024;

    /** Over which that rate is measured, so that a client may pause. */
    private static final Duration WINDOW = Duration.ofSeconds(20);

    /** For all of a body that is a few lines. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final InputStream in;
    private final Duration window;
    private final long leastBytes;
    private final LongSupplier nanos;
    private final String rule;
    private long waited;
    private long came;

    /** @param leastBytes that have to come in every window of waiting; of the largest number there is one window only */
    MinimumRateInputStream(InputStream in, Duration window, long leastBytes, String rule, LongSupplier nanos) {
        this.in = in;
        this.window = window;
        this.leastBytes = leastBytes;
        this.rule = rule;
        this.nanos = nanos;
    }

    /** A body of any length: a least rate after a while. */
    static MinimumRateInputStream ofRate(InputStream in) {
        return new MinimumRateInputStream(
                in,
                WINDOW,
                LEAST_BYTES_PER_SECOND * WINDOW.toSeconds(),
                "a body must come with " + LEAST_BYTES_PER_SECOND + " bytes a second",
                System::nanoTime);
    }

    /** A body of a few lines: all of it in a while. */
    static MinimumRateInputStream ofShort(InputStream in) {
        return new MinimumRateInputStream(
                in,
                SHORT,
                Long.MAX_VALUE,
                "a body of JSON must come within " + SHORT.toSeconds() + " s",
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
        long began = nanos.getAsLong();
        int n = in.read(target, offset, length);
        if (n < 0) {
            return n;
        }
        waited += nanos.getAsLong() - began;
        came += n;
        if (waited > window.toNanos()) {
            if (came < leastBytes) {
                throw new RejectedRequestException(
                        RejectedRequestException.Kind.SLOW,
                        "the request comes too slowly: " + rule + "; send it again");
            }
            waited = 0;
            came = 0;
        }
        return n;
    }
}
