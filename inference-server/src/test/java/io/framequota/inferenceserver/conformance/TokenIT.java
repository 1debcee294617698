package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.framequota.common.access.InferenceToken;
import io.framequota.contract.control.ComputeGrpc;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.ModelReadyRequest;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.framequota.inferenceserver.EmbeddedServer;
import io.framequota.inferenceserver.ServerOptions;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server with a token, over a real port: it refuses every call without the token. */
class TokenIT {
    private static final String SECRET = "a-secret-of-some-length";

    /** Marshals messages of any method as bytes. */
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    };

    private static EmbeddedServer embedded;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() throws IOException {
        embedded = EmbeddedServer.start(new ServerOptions(null, "127.0.0.1", 0, 2, false), InferenceToken.of(SECRET));
        channel = NettyChannelBuilder.forTarget("127.0.0.1:" + embedded.port())
                .usePlaintext()
                .build();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        embedded.close();
    }

    private static Channel showing(String token) {
        return ClientInterceptors.intercept(
                channel, Objects.requireNonNull(InferenceToken.of(token)).interceptor());
    }

    @Test
    void everyMethodOfEveryServiceRefusesAMissingOrWrongToken() {
        for (Channel stranger : new Channel[] {channel, showing("another-secret-of-length"), showing(SECRET + "x")}) {
            Stream.of(GRPCInferenceServiceGrpc.getServiceDescriptor(), ComputeGrpc.getServiceDescriptor())
                    .flatMap(service -> service.getMethods().stream())
                    .forEach(method -> {
                        StatusRuntimeException refused = catchThrowableOfType(
                                StatusRuntimeException.class,
                                () -> ClientCalls.blockingUnaryCall(
                                        stranger,
                                        method.toBuilder(BYTES, BYTES).build(),
                                        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                                        new byte[0]));
                        assertThat(refused).as(method.getFullMethodName()).isNotNull();
                        assertThat(refused.getStatus().getCode())
                                .as(method.getFullMethodName())
                                .isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(refused.getMessage())
                                .contains("FRAMEQUOTA_INFERENCE_TOKEN")
                                .doesNotContain(SECRET);
                    });
        }
    }

    @Test
    void callerWithTheTokenIsServedAndOthersChangedNothing() {
        GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub server =
                GRPCInferenceServiceGrpc.newBlockingStub(showing(SECRET)).withDeadlineAfter(30, TimeUnit.SECONDS);
        ModelReadyRequest people =
                ModelReadyRequest.newBuilder().setName("people").build();
        RepositoryModelUnloadRequest unload =
                RepositoryModelUnloadRequest.newBuilder().setModelName("people").build();

        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> GRPCInferenceServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .repositoryModelUnload(unload));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(server.modelReady(people).getReady()).isTrue();
        assertThat(server.systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance())
                        .getRegionsMap())
                .isEmpty();
        assertThat(ComputeGrpc.newBlockingStub(showing(SECRET))
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .queue(QueueRequest.getDefaultInstance())
                        .getRequests())
                .isZero();
    }
}
