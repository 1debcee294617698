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
 * Reserves the memory of one message for every gRPC call, from its headers until its last message was read. A call that consists
 * of one message fails when the message does not come in time, because it holds that memory. The scheduler's calls need no
 * reservation, so that clients cannot keep a scheduler from leading.
 */
@GlobalInterceptor
@Singleton
final class RequestMemoryInterceptor implements ServerInterceptor {
    /** From a call's headers to the end of its message. */
    private static final Duration MESSAGE_TIMEOUT = Duration.ofSeconds(10);

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
            // No listener exists that could release the memory at the call's end.
            reserved.close();
            throw e;
        }
        // Set by the message or by the deadline, whichever comes first.
        AtomicBoolean decided = new AtomicBoolean();
        ScheduledFuture<?> deadline = call.getMethodDescriptor().getType().clientSendsOneMessage()
                ? deadlines.schedule(
                        () -> closeLate(call, decided, reserved), MESSAGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                : null;
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                if (deadline == null || !decided.get()) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                reserved.close();
                if (deadline == null) {
                    super.onHalfClose();
                } else if (decided.compareAndSet(false, true)) {
                    deadline.cancel(false);
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                end();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                end();
                super.onComplete();
            }

            private void end() {
                decided.set(true);
                reserved.close();
                if (deadline != null) {
                    deadline.cancel(false);
                }
            }
        };
    }

    private static void closeLate(ServerCall<?, ?> call, AtomicBoolean decided, RequestMemory.Reservation reserved) {
        if (decided.compareAndSet(false, true)) {
            reserved.close();
            call.close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "the call's message did not come within " + MESSAGE_TIMEOUT.toSeconds() + " s; call again"),
                    new Metadata());
        }
    }

    @PreDestroy
    void close() {
        deadlines.shutdownNow();
    }
}
