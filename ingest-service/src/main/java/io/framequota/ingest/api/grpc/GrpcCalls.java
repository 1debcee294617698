package io.framequota.ingest.api.grpc;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.StoreException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Answers gRPC calls. An exception becomes a status with one line for people. */
final class GrpcCalls {
    private static final Logger LOG = Logger.getLogger(GrpcCalls.class);

    private GrpcCalls() {}

    static <T> void answer(StreamObserver<T> out, Supplier<T> answer) {
        T value;
        try {
            value = answer.get();
        } catch (RuntimeException | Error e) {
            out.onError(status(e).asRuntimeException());
            return;
        }
        out.onNext(value);
        out.onCompleted();
    }

    /** Sends messages no faster than the client reads them. */
    interface Sink<T> {
        /** @throws IOException when the client is gone */
        void send(T message) throws IOException;

        /** @throws IOException when the client is gone */
        void checkConnected() throws IOException;
    }

    /** Writes a stream of messages. */
    interface Source<T> {
        void writeTo(Sink<T> sink) throws IOException, InterruptedException;
    }

    static <T> void stream(StreamObserver<T> observer, Source<T> source) {
        ServerCallStreamObserver<T> out = (ServerCallStreamObserver<T>) observer;
        try {
            source.writeTo(new PacedSink<>(out));
            out.onCompleted();
        } catch (IOException e) {
            if (!out.isCancelled()) {
                out.onError(Status.INTERNAL
                        .withDescription(MessageSanitizer.describe(e))
                        .asRuntimeException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.onError(
                    Status.UNAVAILABLE.withDescription("the server is stopping").asRuntimeException());
        } catch (RuntimeException | Error e) {
            out.onError(status(e).asRuntimeException());
        }
    }

    private record PacedSink<T>(ServerCallStreamObserver<T> out) implements Sink<T> {
        @Override
        public void send(T message) throws IOException {
            checkConnected();
            try {
                // Polls, because the ready handler cannot be set once the call runs on a thread of its own.
                while (!out.isReady() && !out.isCancelled()) {
                    Thread.sleep(5);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the server is stopping", e);
            }
            checkConnected();
            out.onNext(message);
        }

        @Override
        public void checkConnected() throws IOException {
            if (out.isCancelled()) {
                throw new IOException("the client is gone");
            }
        }
    }

    static Status status(Throwable e) {
        return switch (e) {
            case RejectedRequestException r -> code(r.kind()).withDescription(r.getMessage());
            case StaleEpochException s -> Status.FAILED_PRECONDITION.withDescription(s.getMessage());
            // Without the exception's message, which may name addresses and tables.
            case StoreException s ->
                Status.UNAVAILABLE.withDescription("the database does not answer as it should; try again");
            default -> {
                LOG.error("a gRPC call failed", e);
                yield Status.INTERNAL.withDescription("the server failed on this call; its log says more");
            }
        };
    }

    private static Status code(RejectedRequestException.Kind kind) {
        return switch (kind) {
            case MALFORMED, UNPROCESSABLE -> Status.INVALID_ARGUMENT;
            case NOT_FOUND, GONE -> Status.NOT_FOUND;
            case CONFLICT -> Status.FAILED_PRECONDITION;
            case STORAGE_FULL, OVERLOADED, TOO_MANY -> Status.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case TOO_SLOW -> Status.DEADLINE_EXCEEDED;
        };
    }
}
