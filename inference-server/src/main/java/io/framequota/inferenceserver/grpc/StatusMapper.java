package io.framequota.inferenceserver.grpc;

import io.framequota.inferenceserver.refusal.RefusedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CancellationException;

/** Maps failures to gRPC statuses. */
final class StatusMapper {
    private static final System.Logger LOG = System.getLogger(StatusMapper.class.getName());

    private StatusMapper() {}

    static StatusRuntimeException of(Throwable cause) {
        return status(cause).asRuntimeException();
    }

    private static Status status(Throwable cause) {
        if (cause instanceof RefusedException refusal) {
            return Status.fromCode(code(refusal.kind())).withDescription(refusal.reason());
        }
        if (cause instanceof CancellationException) {
            return Status.CANCELLED.withDescription(cause.getMessage());
        }
        if (cause instanceof OutOfMemoryError) {
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "the server has no memory left for this request; send a smaller one, or fewer at once");
        }
        LOG.log(System.Logger.Level.ERROR, "a request failed", cause);
        return Status.INTERNAL.withDescription("the server failed; its log has the cause");
    }

    private static Status.Code code(RefusedException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }
}
