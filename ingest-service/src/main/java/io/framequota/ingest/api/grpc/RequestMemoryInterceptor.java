package io.framequota.ingest.api.grpc;

import io.framequota.common.access.ControlToken;
import io.framequota.ingest.api.RequestMemory;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reserves the memory of one message for every gRPC call, from its headers until its last message has been read. A call of one
 * message whose message does not come is ended soon, since it would hold that memory from others. The scheduler's own calls
 * pass: clients must not be able to keep it from leading.
 */
@GlobalInterceptor
@Singleton
final class RequestMemoryInterceptor implements ServerInterceptor {
    /** From a call's headers to its message's end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RequestMemory memory;
    private final ScheduledThreadPoolExecutor deadlines =
            new ScheduledThreadPoolExecutor(1, work -> Threads.platform("call-deadlines", work));

    RequestMemoryInterceptor(RequestMemory memory) {
        this.memory = memory;
        deadlines.setRemoveOnCancelPolicy(true);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getFullMethodName().startsWith(ControlToken.PACKAGE)) {
            return next.startCall(call, headers);
        }
        RequestMemory.Reservation reserved;
        try {
            reserved = memory.reserve(RequestMemory.GRPC_MESSAGE);
        } catch (RejectedRequestException e) {
            call.close(GrpcCalls.status(e), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(call, headers);
        } catch (RuntimeException | Error e) {
            // Nobody is told of this call's end.
            reserved.close();
            throw e;
        }
        // Whoever turns it first goes on with the call: its message, or the deadline.
        AtomicBoolean over = new AtomicBoolean();
        ScheduledFuture<?> deadline = call.getMethodDescriptor().getType().clientSendsOneMessage()
                ? deadlines.schedule(() -> tooLate(call, over, reserved), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                : null;
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                if (deadline == null || !over.get()) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                reserved.close();
                if (deadline == null) {
                    super.onHalfClose();
                } else if (over.compareAndSet(false, true)) {
                    deadline.cancel(false);
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                over();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                over();
                super.onComplete();
            }

            private void over() {
                over.set(true);
                reserved.close();
                if (deadline != null) {
                    deadline.cancel(false);
                }
            }
        };
    }

    private static void tooLate(ServerCall<?, ?> call, AtomicBoolean over, RequestMemory.Reservation reserved) {
        if (over.compareAndSet(false, true)) {
            reserved.close();
            call.close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "the call's message did not come within " + PATIENCE.toSeconds() + " s; call again"),
                    new Metadata());
        }
    }

    @PreDestroy
    void close() {
        deadlines.shutdownNow();
    }
}
