package io.framequota.inference.triton;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that a server of ours tells beside KServe v2, as it said last. Asked on the watch's thread, read by any.
 *
 * @param <T> what it tells
 */
final class OptionalReading<T> {
    private final Supplier<T> question;
    private boolean tells;
    private volatile @Nullable T last;

    /** @param question asks the server; its failures are gRPC's own */
    OptionalReading(Supplier<T> question) {
        this.question = question;
    }

    /** A server has come (back): it may be another one, and its counters may begin anew. */
    void connected() {
        tells = true;
        last = null;
    }

    /** Asks, unless this server does not tell. Throws when it has gone away; any other failure is only a reading less. */
    void ask() {
        if (!tells) {
            return;
        }
        try {
            last = question.get();
        } catch (StatusRuntimeException e) {
            if (ServerErrors.serverAway(e.getStatus())) {
                throw e;
            }
            tells = e.getStatus().getCode() != Status.Code.UNIMPLEMENTED;
            last = null;
        }
    }

    @Nullable
    T last() {
        return last;
    }
}
