package io.framequota.common.access;

import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.MetadataUtils;

/**
 * The name under which a worker calls its inference server, in a header of every call. Workers that share a server are told apart
 * by it, whatever connections they use.
 */
public final class CallerName {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("framequota-caller", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CALLER = Context.keyWithDefault("framequota-caller", "");

    /** Sends the name with every call. */
    public static ClientInterceptor sent(String name) {
        Metadata headers = new Metadata();
        headers.put(HEADER, name);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** Lets {@link #current} know the caller's name while a call is handled. */
    public static ServerInterceptor received() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String name = headers.get(HEADER);
                return name == null
                        ? next.startCall(call, headers)
                        : Contexts.interceptCall(Context.current().withValue(CALLER, name), call, headers, next);
            }
        };
    }

    /** The name of the caller whose call this thread handles, empty if it has given none. */
    public static String current() {
        return CALLER.get();
    }

    private CallerName() {}
}
