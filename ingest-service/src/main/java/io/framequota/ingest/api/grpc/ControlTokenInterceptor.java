package io.framequota.ingest.api.grpc;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.ControlToken;
import io.framequota.ingest.config.IngestConfig;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/**
 * Requires the control token for every method of the services in package {@value ControlToken#PACKAGE}. These are for the
 * scheduler, on a port that every client reaches. Other methods need no token.
 */
@GlobalInterceptor
@Singleton
final class ControlTokenInterceptor implements ServerInterceptor {
    private final BearerToken token;

    ControlTokenInterceptor(IngestConfig config) {
        this.token = ControlToken.of(config.controlToken());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!isControl(call.getMethodDescriptor().getFullMethodName()) || token.matches(headers)) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription("this call requires this system's " + ControlToken.VARIABLE),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static boolean isControl(String method) {
        return method.startsWith(ControlToken.PACKAGE);
    }
}
