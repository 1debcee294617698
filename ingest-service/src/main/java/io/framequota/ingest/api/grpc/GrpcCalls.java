package io.framequota.ingest.api.grpc;

import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StoreException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Answers gRPC calls; errors become gRPC's codes with a line for people. */
final class GrpcCalls {
    private static final Logger LOG = Logger.getLogger(GrpcCalls.class);

    /** A database's own words hold its addresses and tables. */
    private static final String UNAVAILABLE = "the database does not answer as it should; try again";

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

    /** Sends messages no faster than the client takes them. */
    interface Sink<T> {
        /** @throws IOException when the client has gone */
        void send(T message) throws IOException;

        /** @throws IOException when the client has gone */
        void check() throws IOException;
    }

    /** What is streamed. */
    interface Source<T> {
        void into(Sink<T> sink) throws IOException, InterruptedException;
    }

    static <T> void stream(StreamObserver<T> observer, Source<T> source) {
        ServerCallStreamObserver<T> out = (ServerCallStreamObserver<T>) observer;
        try {
            source.into(new PacedSink<>(out));
            out.onCompleted();
        } catch (IOException e) {
            if (!out.isCancelled()) {
                out.onError(
                        Status.INTERNAL.withDescription(MessageSanitizer.why(e)).asRuntimeException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            out.onError(Status.UNAVAILABLE.withDescription("the server stops").asRuntimeException());
        } catch (RuntimeException | Error e) {
            out.onError(status(e).asRuntimeException());
        }
    }

    private record PacedSink<T>(ServerCallStreamObserver<T> out) implements Sink<T> {
        @Override
        public void send(T message) throws IOException {
            check();
            try {
                // The ready handler cannot be set any more once the call is on its own thread.
                while (!out.isReady() && !out.isCancelled()) {
                    Thread.sleep(5);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the server stops", e);
            }
            check();
            out.onNext(message);
        }

        @Override
        public void check() throws IOException {
            if (out.isCancelled()) {
                throw new IOException("the client has gone");
            }
        }
    }

    static Status status(Throwable e) {
        return switch (e) {
            case RejectedRequestException r ->
                (switch (r.kind()) {
                            case MALFORMED, UNUSABLE -> Status.INVALID_ARGUMENT;
                            case UNKNOWN, GONE -> Status.NOT_FOUND;
                            case CONFLICT -> Status.FAILED_PRECONDITION;
                            case NO_SPACE, BUSY -> Status.RESOURCE_EXHAUSTED;
                            case UNAVAILABLE -> Status.UNAVAILABLE;
                            case SLOW -> Status.DEADLINE_EXCEEDED;
                        })
                        .withDescription(r.getMessage());
            case StoreException s -> Status.UNAVAILABLE.withDescription(UNAVAILABLE);
            default -> {
                LOG.error("a call failed", e);
                yield Status.INTERNAL.withDescription("the server failed on this call; its log says more");
            }
        };
    }
}
