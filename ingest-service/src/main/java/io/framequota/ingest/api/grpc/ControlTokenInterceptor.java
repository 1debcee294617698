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
 * Lets only the system's own processes call what is meant for them, on the port that everybody reaches: every method of the
 * services below {@value ControlToken#PACKAGE}, those that come later too. All others pass.
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
        if (!isControl(call.getMethodDescriptor().getFullMethodName()) || token.isShownBy(headers)) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription(
                        "only a scheduler that shows this system's " + ControlToken.VARIABLE + " is let in"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static boolean isControl(String method) {
        return method.startsWith(ControlToken.PACKAGE);
    }
}
