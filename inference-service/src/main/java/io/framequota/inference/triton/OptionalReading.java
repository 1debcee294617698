package io.framequota.inference.triton;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last value of something that our own server reports in addition to KServe v2; other servers do not. The monitor's thread
 * asks, any thread reads.
 *
 * @param <T> the value
 */
final class OptionalReading<T> {
    private final Supplier<T> question;
    private boolean supported;
    private volatile @Nullable T last;

    /** @param question asks the server; fails with gRPC's own exceptions */
    OptionalReading(Supplier<T> question) {
        this.question = question;
    }

    /** A server has connected. It may be another one, and its counters may have restarted. */
    void connected() {
        supported = true;
        last = null;
    }

    /**
     * Asks, unless this server is known not to answer. Throws when the server is away; after any other failure there is no
     * value.
     */
    void ask() {
        if (!supported) {
            return;
        }
        try {
            last = question.get();
        } catch (StatusRuntimeException e) {
            if (ServerErrors.serverAway(e.getStatus())) {
                throw e;
            }
            supported = e.getStatus().getCode() != Status.Code.UNIMPLEMENTED;
            last = null;
        }
    }

    @Nullable
    T last() {
        return last;
    }
}
