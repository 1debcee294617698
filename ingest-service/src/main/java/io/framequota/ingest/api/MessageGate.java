package io.framequota.ingest.api;

import io.framequota.contract.access.ControlToken;
import io.framequota.ingest.job.Refusal;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/**
 * Reserves the memory of one message for every gRPC call, from its headers until its last message has been read. The scheduler's
 * own calls pass: clients must not be able to keep it from leading.
 */
@GlobalInterceptor
@Singleton
final class MessageGate implements ServerInterceptor {
    private final RequestMemory memory;

    MessageGate(RequestMemory memory) {
        this.memory = memory;
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
        } catch (Refusal e) {
            call.close(Calls.status(e), new Metadata());
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
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onHalfClose() {
                reserved.close();
                super.onHalfClose();
            }

            @Override
            public void onCancel() {
                reserved.close();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                reserved.close();
                super.onComplete();
            }
        };
    }
}
