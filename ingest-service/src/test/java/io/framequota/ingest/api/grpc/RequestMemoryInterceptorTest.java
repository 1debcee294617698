package io.framequota.ingest.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.api.RequestMemory;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestMemoryInterceptorTest {
    private static final String REFLECTION = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    private static final String HEALTH = "grpc.health.v1.Health/Check";

    /** For one message. */
    private final RequestMemory memory = new RequestMemory(RequestMemory.GRPC_MESSAGE);

    private final List<String> received = new ArrayList<>();
    private final List<RequestMemoryInterceptor> made = new ArrayList<>();

    @AfterEach
    void stop() {
        made.forEach(RequestMemoryInterceptor::close);
    }

    private RequestMemoryInterceptor interceptor(Duration timeout) {
        RequestMemoryInterceptor interceptor = new RequestMemoryInterceptor(memory, timeout);
        made.add(interceptor);
        return interceptor;
    }

    /** A call without a client. */
    private static final class SilentCall extends ServerCall<String, String> {
        final CompletableFuture<Status> ended = new CompletableFuture<>();
        private final MethodDescriptor<String, String> method;

        SilentCall(String method, MethodType type) {
            this.method = MethodDescriptor.<String, String>newBuilder()
                    .setFullMethodName(method)
                    .setType(type)
                    .setRequestMarshaller(new Text())
                    .setResponseMarshaller(new Text())
                    .build();
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(String message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            ended.complete(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<String, String> getMethodDescriptor() {
            return method;
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("nothing is sent");
        }
    }

    private final ServerCallHandler<String, String> handler = (call, headers) -> new ServerCall.Listener<>() {
        @Override
        public void onMessage(String message) {
            received.add(message);
        }
    };

    private ServerCall.Listener<String> begin(RequestMemoryInterceptor interceptor, SilentCall call) {
        return interceptor.interceptCall(call, new Metadata(), handler);
    }

    @Test
    void aStreamWhoseMessagesDoNotEndGivesItsMemoryBack() throws Exception {
        SilentCall call = new SilentCall(REFLECTION, MethodType.BIDI_STREAMING);
        ServerCall.Listener<String> listener = begin(interceptor(Duration.ofMillis(50)), call);
        listener.onMessage("first");

        assertThat(call.ended.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(memory.free()).isEqualTo(RequestMemory.GRPC_MESSAGE);
        listener.onMessage("late");
        assertThat(received).doesNotContain("late");
    }

    @Test
    void healthTakesNoMemoryOfOtherCalls() {
        RequestMemoryInterceptor interceptor = interceptor(Duration.ofMinutes(1));
        List<SilentCall> checks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            checks.add(new SilentCall(HEALTH, MethodType.UNARY));
        }
        List<ServerCall.Listener<String>> listeners =
                checks.stream().map(call -> begin(interceptor, call)).toList();

        assertThat(memory.free()).isEqualTo(RequestMemory.GRPC_MESSAGE);
        assertThat(checks.stream().filter(call -> call.ended.isDone()))
                .as("refused")
                .hasSize(92);
        listeners.forEach(ServerCall.Listener::onHalfClose);
        SilentCall next = new SilentCall(HEALTH, MethodType.UNARY);
        begin(interceptor, next);
        assertThat(next.ended).isNotDone();
    }

    @Test
    void anUploadMayTakeLong() throws Exception {
        SilentCall call = new SilentCall("framequota.v1.Jobs/Upload", MethodType.CLIENT_STREAMING);
        ServerCall.Listener<String> listener = begin(interceptor(Duration.ZERO), call);
        SilentCall other = new SilentCall("framequota.v1.Jobs/Get", MethodType.UNARY);
        begin(interceptor(Duration.ofMinutes(1)), other);

        assertThat(other.ended.get(20, TimeUnit.SECONDS).getCode())
                .as("no memory is left")
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        listener.onMessage("part");
        assertThat(received).containsExactly("part");
        assertThat(call.ended).isNotDone();
        listener.onComplete();
        assertThat(memory.free()).isEqualTo(RequestMemory.GRPC_MESSAGE);
    }
}
