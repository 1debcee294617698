package io.framequota.inferenceserver.grpc;

import io.framequota.common.access.BearerToken;
import io.framequota.common.access.InferenceToken;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Refuses every call without this server's token before any of its message is read. */
public final class TokenInterceptor implements ServerInterceptor {
    private final BearerToken token;

    public TokenInterceptor(BearerToken token) {
        this.token = token;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (token.matches(headers)) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription(
                        "this server requires its " + InferenceToken.VARIABLE + " in every call"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
