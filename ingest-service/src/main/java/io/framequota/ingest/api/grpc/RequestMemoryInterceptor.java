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
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reserves the memory of one message for every gRPC call, from its headers until its last message was read. A call fails when its
 * messages do not all come in time, because it holds that memory; only an upload may take long. The scheduler's calls need no
 * reservation, so that clients cannot keep a scheduler from leading. Health is for everybody and has memory of its own, so that nobody
 * without a key can take that of other calls.
 */
@GlobalInterceptor
@Singleton
final class RequestMemoryInterceptor implements ServerInterceptor {
    /** From a call's headers to the end of its messages. */
    private static final Duration MESSAGE_TIMEOUT = Duration.ofSeconds(10);

    private static final String UPLOAD = "framequota.v1.Jobs/Upload";
    private static final String HEALTH = "grpc.health.";

    /** Calls of health that are being read, each with a message of up to 4 MiB. */
    private static final int HEALTH_CALLS = 8;

    private final Duration timeout;
    private final Semaphore health = new Semaphore(HEALTH_CALLS);
    private final RequestMemory memory;
    private final ScheduledThreadPoolExecutor deadlines =
            new ScheduledThreadPoolExecutor(1, work -> Threads.platform("call-deadlines", work));

    @Inject
    RequestMemoryInterceptor(RequestMemory memory) {
        this(memory, MESSAGE_TIMEOUT);
    }

    RequestMemoryInterceptor(RequestMemory memory, Duration timeout) {
        this.memory = memory;
        this.timeout = timeout;
        deadlines.setRemoveOnCancelPolicy(true);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (method.startsWith(ControlToken.PACKAGE)) {
            return next.startCall(call, headers);
        }
        RequestMemory.Reservation reserved;
        try {
            reserved = method.startsWith(HEALTH) ? reserveHealth() : memory.reserve(RequestMemory.GRPC_MESSAGE);
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
        // Set by the end of the messages or by the deadline, whichever comes first.
        AtomicBoolean decided = new AtomicBoolean();
        ScheduledFuture<?> deadline = method.equals(UPLOAD)
                ? null
                : deadlines.schedule(
                        () -> closeLate(call, decided, reserved), timeout.toMillis(), TimeUnit.MILLISECONDS);
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

    private RequestMemory.Reservation reserveHealth() {
        if (!health.tryAcquire()) {
            throw RejectedRequestException.overloaded("too many calls of grpc.health are being read; call again");
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                health.release();
            }
        };
    }

    private void closeLate(ServerCall<?, ?> call, AtomicBoolean decided, RequestMemory.Reservation reserved) {
        if (decided.compareAndSet(false, true)) {
            reserved.close();
            call.close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "the call's messages did not come within " + timeout.toSeconds() + " s; call again"),
                    new Metadata());
        }
    }

    @PreDestroy
    void close() {
        deadlines.shutdownNow();
    }
}
