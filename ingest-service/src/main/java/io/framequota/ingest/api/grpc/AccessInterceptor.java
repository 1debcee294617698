package io.framequota.ingest.api.grpc;

import static java.util.Map.entry;

import io.framequota.common.access.ControlToken;
import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.AuditLog;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Permission;
import io.framequota.ingest.access.RequestRate;
import io.framequota.ingest.failure.RejectedRequestException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks every gRPC call before its method: who sends it, whether he may, and whether not too often. {@link ControlTokenInterceptor}
 * checks the calls of the scheduler.
 */
@GlobalInterceptor
@Singleton
final class AccessInterceptor implements ServerInterceptor {
    /** Who may call which method. A method that is not here is for administrators only, and a test fails. */
    static final Map<String, Permission> METHODS = Map.ofEntries(
            entry("framequota.v1.Jobs/Submit", Permission.SUBMIT),
            entry("framequota.v1.Jobs/Upload", Permission.SUBMIT),
            entry("framequota.v1.Jobs/Get", Permission.READ),
            entry("framequota.v1.Jobs/List", Permission.READ),
            entry("framequota.v1.Jobs/Cancel", Permission.SUBMIT),
            entry("framequota.v1.Jobs/Redrive", Permission.SUBMIT),
            entry("framequota.v1.Jobs/Watch", Permission.READ),
            entry("framequota.v1.Jobs/Detections", Permission.READ),
            entry("framequota.v1.Jobs/LiveDetections", Permission.READ),
            entry("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Permission.ANY_KEY),
            entry("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Permission.ANY_KEY),
            entry("grpc.health.v1.Health/Check", Permission.EVERYBODY),
            entry("grpc.health.v1.Health/List", Permission.EVERYBODY),
            entry("grpc.health.v1.Health/Watch", Permission.EVERYBODY));

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Caller> CALLER = Context.key("framequota-api-caller");

    private final AccessKeys keys;
    private final RequestRate rate;
    private final AuditLog audit;

    AccessInterceptor(AccessKeys keys, RequestRate rate, AuditLog audit) {
        this.keys = keys;
        this.rate = rate;
        this.audit = audit;
    }

    /**
     * Who sent the call that this thread answers.
     *
     * @throws IllegalStateException when nobody has checked who it is
     */
    static Caller caller() {
        Caller caller = CALLER.get();
        if (caller == null) {
            throw new IllegalStateException("no interceptor has checked who calls");
        }
        return caller;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Permission permission = METHODS.getOrDefault(method, Permission.ADMIN);
        if (method.startsWith(ControlToken.PACKAGE) || permission == Permission.EVERYBODY) {
            return next.startCall(call, headers);
        }
        Optional<Caller> found;
        try {
            found = keys.authenticate(headers.get(AUTHORIZATION), null);
        } catch (RejectedRequestException e) {
            return refuse(call, GrpcCalls.status(e), new Metadata());
        }
        if (found.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription(AccessKeys.UNAUTHENTICATED), new Metadata());
        }
        Caller caller = found.get();
        ServerCall<Q, A> audited = permission.audited() ? audited(call, caller, method) : call;
        if (!permission.allows(caller)) {
            return refuse(audited, Status.PERMISSION_DENIED.withDescription(permission.refusal()), new Metadata());
        }
        OptionalLong wait = rate.take(caller);
        if (wait.isPresent()) {
            Metadata trailers = new Metadata();
            trailers.put(RETRY_AFTER, Long.toString(wait.getAsLong()));
            return refuse(
                    call,
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "this key sends too many requests; send the next in " + wait.getAsLong() + " s"),
                    trailers);
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), audited, headers, next);
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status, Metadata trailers) {
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    private <Q, A> ServerCall<Q, A> audited(ServerCall<Q, A> call, Caller caller, String method) {
        return new SimpleForwardingServerCall<>(call) {
            private String job = "";

            @Override
            public void sendMessage(A message) {
                if (message instanceof io.framequota.contract.v1.Job answer) {
                    job = answer.getId();
                }
                super.sendMessage(message);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                audit.record(caller, method, job, status.getCode().name());
                super.close(status, trailers);
            }
        };
    }
}
