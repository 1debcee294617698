package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.inferenceserver.InferenceServerMain;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends a server more than its memory holds. The server is a process of its own that ends when its heap is exhausted. All tests
 * use the same process, so that what one test leaves behind shows in the next.
 */
class MessageBudgetIT {
    private static final int HEAP_MIB = 96;
    private static final int MOST = (HEAP_MIB << 20) / 8 * 3;

    @TempDir
    static Path folder;

    private static Process process;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceBlockingStub server;

    @BeforeAll
    static void start() throws Exception {
        TestModels.entry(folder.resolve("models"), "bytes", TestModels.bytes());
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Xmx" + HEAP_MIB + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InferenceServerMain.class.getName(),
                        "--model-repository",
                        folder.resolve("models").toString(),
                        "--port",
                        Integer.toString(port),
                        "--cores",
                        "2")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .compressorRegistry(DeflateCompressor.registry())
                .build();
        server = GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofMinutes(2));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(folder.resolve("log")).contains("is ready"));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        process.destroyForcibly();
    }

    private static Status status(ModelInferRequest request, String compression) {
        try {
            server.withCompression(compression).modelInfer(request);
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static void assertThatTheServerStillWorks() throws IOException {
        // The last refused calls may still hold their share of the budget.
        await("a large request is answered again")
                .atMost(Duration.ofSeconds(10))
                .until(() -> status(Requests.bytes("bytes", new byte[20 << 20]), "identity")
                        .isOk());
        assertThat(process.isAlive()).isTrue();
        assertThat(Files.readString(folder.resolve("log"))).doesNotContain("OutOfMemoryError", "\tat ");
    }

    @Test
    void refusesLargeRequestsThatDoNotFitTogether() throws Exception {
        ModelInferRequest request = Requests.bytes("bytes", new byte[12 << 20]);
        List<Status.Code> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Future<Status>> calls = Stream.generate(() -> threads.submit(() -> status(request, "identity")))
                    .limit(36)
                    .toList();
            for (Future<Status> call : calls) {
                answers.add(call.get().getCode());
            }
        }

        assertThat(answers)
                .containsOnly(Status.Code.OK, Status.Code.UNAVAILABLE)
                .contains(Status.Code.OK);
        assertThatTheServerStillWorks();
    }

    @Test
    void refusesARequestLargerThanTheWholeBudget() throws Exception {
        assertThat(status(Requests.bytes("bytes", new byte[MOST + 1]), "identity")
                        .getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThatTheServerStillWorks();
    }

    @Test
    void refusesASmallMessageThatDecompressesToALargeOne() throws Exception {
        for (String compression : List.of("gzip", "deflate")) {
            assertThat(status(Requests.bytes("bytes", new byte[400 << 20]), compression)
                            .getCode())
                    .as(compression)
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
        assertThatTheServerStillWorks();
    }

    @Test
    void refusesAMessageWithMillionsOfPartsBeforeParsingThem() throws Exception {
        ModelInferRequest.Builder parts = ModelInferRequest.newBuilder().setModelName("bytes");
        for (int i = 0; i < 3_000_000; i++) {
            parts.addInputs(InferInputTensor.getDefaultInstance());
        }
        InferInputTensor.Builder texts = InferInputTensor.newBuilder();
        for (int i = 0; i < 3_000_000; i++) {
            texts.getContentsBuilder().addBytesContents(ByteString.EMPTY);
        }

        assertThat(status(parts.build(), "identity").getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status(ModelInferRequest.newBuilder().addInputs(texts).build(), "identity")
                        .getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThatTheServerStillWorks();
    }

    @Test
    void refusesALongMessageWithoutTensors() throws Exception {
        try {
            server.modelConfig(
                    ModelConfigRequest.newBuilder().setName("m".repeat(1 << 20)).build());
            throw new AssertionError("a name of a mebibyte was read");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
        assertThatTheServerStillWorks();
    }
}
