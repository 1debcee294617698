package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import io.framequota.common.cgroup.OwnCgroup;
import io.framequota.contract.control.ComputeGrpc;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.control.UseRequest;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryModelLoadRequest;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.framequota.contract.kserve.ServerMetadataRequest;
import io.framequota.contract.kserve.SystemSharedMemoryRegisterRequest;
import io.framequota.contract.kserve.SystemSharedMemoryUnregisterRequest;
import io.framequota.contract.kserve.TraceSettingRequest;
import io.framequota.inferenceserver.EmbeddedServer;
import io.framequota.inferenceserver.ServerOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server in this process, over a real port: the conformance tests and its own features. */
class EmbeddedServerIT extends SharedMemoryConformance {
    @TempDir
    static Path repository;

    private static final String LABELLED =
            "output { name: 'sum' label_filename: 'labels.txt' } output { name: 'diff' }";

    private static EmbeddedServer embedded;

    @BeforeAll
    static void start() throws IOException {
        TestModels.write(repository);
        TestModels.entry(repository, "marked", TestModels.fixed(), "\uFEFFmax_batch_size: 0\r\n" + LABELLED);
        Files.writeString(repository.resolve("marked/labels.txt"), "\uFEFFperson\r\nbike\r\n");
        TestModels.entry(repository, "latin", TestModels.fixed(), LABELLED);
        Files.writeString(repository.resolve("latin/labels.txt"), "person\nf\u00f6hn\n", StandardCharsets.ISO_8859_1);
        TestModels.entry(repository, "sixteen", TestModels.fixed());
        Files.writeString(repository.resolve("sixteen/config.pbtxt"), "max_batch_size: 0", StandardCharsets.UTF_16);
        TestModels.entry(repository, "eight", TestModels.fixed(), "max_batch_size: 8");
        Files.writeString(
                Files.createDirectories(repository.resolve("broken/1")).resolve("model.onnx"), "this is no model");
        embedded = EmbeddedServer.start(new ServerOptions(repository, "127.0.0.1", 0, 2, false), null);
    }

    @AfterAll
    static void stop() {
        embedded.close();
    }

    @Override
    String address() {
        return "127.0.0.1:" + embedded.port();
    }

    @Test
    void metadataNamesFramequotasServer() {
        assertThat(server.serverMetadata(ServerMetadataRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("framequota-inference-server");
    }

    @Test
    void reportsTheCpuCountersOfItsGroup() {
        assumeThat(OwnCgroup.find()).as("a control group with counters").isPresent();
        ComputeGrpc.ComputeBlockingStub compute = ComputeGrpc.newBlockingStub(server.getChannel());
        CpuUse before = compute.use(UseRequest.getDefaultInstance());

        server.modelInfer(Requests.raw("fixed", List.of(1L, 4L), new float[4], new float[4])
                .build());

        CpuUse after = compute.use(UseRequest.getDefaultInstance());
        assertThat(before.getCpuUs()).isPositive();
        assertThat(after.getCpuUs()).isGreaterThan(before.getCpuUs());
        assertThat(after.getThrottledPeriods()).isLessThanOrEqualTo(after.getPeriods());
    }

    @Test
    void reportsWaitingRequests() {
        Queued idle = ComputeGrpc.newBlockingStub(server.getChannel()).queue(QueueRequest.getDefaultInstance());

        assertThat(idle).isEqualTo(Queued.getDefaultInstance());
    }

    @Test
    void aRequestWithAPriorityOvertakesThoseThatWait() throws Exception {
        int height = 640;
        int width = 960;
        ModelInferRequest plain = ModelInferRequest.newBuilder()
                .setModelName("people")
                .addInputs(Requests.input("image", List.of((long) height, (long) width, 1L))
                        .setDatatype("UINT8"))
                .addRawInputContents(ByteString.copyFrom(new byte[height * width]))
                .build();
        ModelInferRequest urgent = plain.toBuilder()
                .putParameters(
                        "priority", InferParameter.newBuilder().setInt64Param(1).build())
                .build();
        List<String> order = new CopyOnWriteArrayList<>();
        CountDownLatch answers = new CountDownLatch(11);
        GRPCInferenceServiceGrpc.GRPCInferenceServiceStub calls = GRPCInferenceServiceGrpc.newStub(server.getChannel());
        for (int i = 0; i < 10; i++) {
            calls.modelInfer(plain, new Noted("plain", order, answers));
        }
        Awaitility.await()
                .until(() -> ComputeGrpc.newBlockingStub(server.getChannel())
                                .queue(QueueRequest.getDefaultInstance())
                                .getRequests()
                        >= 6);
        calls.modelInfer(urgent, new Noted("urgent", order, answers));

        assertThat(answers.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(order).hasSize(11).doesNotContain("failed");
        // Two of each caller run at once; the others still waited when it came.
        assertThat(order.indexOf("urgent")).isLessThanOrEqualTo(7);
    }

    private record Noted(String name, List<String> order, CountDownLatch answers)
            implements StreamObserver<ModelInferResponse> {
        @Override
        public void onNext(ModelInferResponse value) {
            order.add(name);
        }

        @Override
        public void onError(Throwable failure) {
            order.add("failed");
            answers.countDown();
        }

        @Override
        public void onCompleted() {
            answers.countDown();
        }
    }

    @Test
    void aPriorityThatIsNoIntegerIsRefused() {
        ModelInferRequest request = Requests.raw("fixed", List.of(1L, 4L), new float[4], new float[4])
                .putParameters(
                        "priority",
                        InferParameter.newBuilder().setStringParam("high").build())
                .build();
        assertThat(code(() -> server.modelInfer(request))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private String reason(String model) {
        var entry = server.repositoryIndex(RepositoryIndexRequest.getDefaultInstance()).getModelsList().stream()
                .filter(m -> m.getName().equals(model))
                .findFirst()
                .orElseThrow();
        assertThat(entry.getState()).isEqualTo("UNAVAILABLE");
        assertThat(entry.getReason())
                .doesNotContain("\n")
                .doesNotContain(repository.toString())
                .doesNotContain("Exception");
        return entry.getReason();
    }

    @Test
    void listsABrokenModelWithItsReason() {
        assertThat(reason("broken")).contains("model.onnx");
        assertThat(reason("eight")).contains("max_batch_size is 8").contains("set it to 1");
    }

    @Test
    void namesTheFileThatIsNotUtf8() {
        assertThat(reason("latin")).contains("labels.txt, line 2: the byte 0xF6 is not UTF-8");
        assertThat(reason("sixteen")).contains("config.pbtxt, line 1: the text is UTF-16");
    }

    @Test
    void readsFilesWithAByteOrderMarkAndWindowsLineEnds() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("marked").build())
                .getConfig();
        assertThat(config.getParametersOrThrow("framequota.labels").getStringValue())
                .isEqualTo("person,bike");
    }

    @Test
    void truncatedRegionFailsItsRequestsAndNotTheServer() throws Exception {
        int bytes = 4 << 20;
        Path object =
                Path.of("/dev/shm/framequota-cut-" + ProcessHandle.current().pid());
        try (FileChannel file = FileChannel.open(
                object, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            file.write(ByteBuffer.allocate(1), 2L * bytes - 1);
            server.systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                    .setName("cut")
                    .setKey("/" + object.getFileName())
                    .setByteSize(2L * bytes)
                    .build());
            ModelInferRequest request = ModelInferRequest.newBuilder()
                    .setModelName("bytes")
                    .addInputs(Requests.input("x", "cut", 0, bytes)
                            .clearShape()
                            .addAllShape(List.of(1L, (long) bytes))
                            .setDatatype("UINT8"))
                    .addOutputs(Requests.output("y", "cut", bytes, bytes))
                    .build();
            AtomicBoolean over = new AtomicBoolean();
            Thread cutter = Thread.ofPlatform().start(() -> {
                try {
                    while (!over.get()) {
                        file.truncate(0);
                        file.write(ByteBuffer.allocate(1), 2L * bytes - 1);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Set<Status.Code> answers = new HashSet<>();
            for (int i = 0; i < 150; i++) {
                answers.add(answer(request));
            }
            over.set(true);
            cutter.join();
            file.truncate(0);

            assertThat(answers).isSubsetOf(Status.Code.OK, Status.Code.INVALID_ARGUMENT);
            assertThat(answer(request)).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(file.size()).as("bytes of what its owner cut short").isZero();
        } finally {
            server.systemSharedMemoryUnregister(SystemSharedMemoryUnregisterRequest.newBuilder()
                    .setName("cut")
                    .build());
            Files.delete(object);
        }
    }

    private Status.Code answer(ModelInferRequest request) {
        try {
            server.modelInfer(request);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Test
    void errorsNameNoClassAndNoFolder() {
        String odd = "a\0b/../\u00e9";
        List<ThrowingCallable> calls = List.of(
                () -> server.repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName(odd)
                        .build()),
                () -> server.repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                        .setModelName(odd)
                        .build()),
                () -> server.modelConfig(
                        ModelConfigRequest.newBuilder().setName(odd).build()),
                () -> server.systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName("x")
                        .setKey(odd)
                        .setByteSize(1)
                        .build()),
                () -> server.systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName("x")
                        .setKey("a".repeat(300))
                        .setByteSize(1)
                        .build()),
                () -> server.modelInfer(Requests.bytes("people", new byte[3])));
        for (ThrowingCallable call : calls) {
            Throwable thrown = catchThrowable(call);
            if (thrown != null) {
                assertThat(thrown.getMessage())
                        .doesNotContain("Exception", "java.", "io.framequota", "/dev/shm", repository.toString(), "\n");
            }
        }
    }

    @Test
    void listsOnlyReadyModelsOnRequest() {
        assertThat(server.repositoryIndex(RepositoryIndexRequest.newBuilder()
                                .setReady(true)
                                .build())
                        .getModelsList())
                .allSatisfy(entry -> assertThat(entry.getState()).isEqualTo("READY"))
                .extracting("name")
                .contains("people", "faces", "fixed")
                .doesNotContain("broken");
    }

    @Test
    void reportsTheTimeOfTheModel() {
        ModelInferResponse response =
                server.modelInfer(Requests.raw("fixed", List.of(1L, 4L), new float[4], new float[4])
                        .build());
        assertThat(response.getParametersOrThrow("framequota_compute_us").getInt64Param())
                .isPositive();
        assertThat(response.containsParameters("framequota_queue_us")).isTrue();
    }

    @Test
    void infersFromTypedBytesWithAnOpenShape() {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("bytes");
        InferInputTensor.Builder input = request.addInputsBuilder()
                .setName("x")
                .setDatatype("UINT8")
                .addShape(1)
                .addShape(3);
        input.getContentsBuilder().addUintContents(0).addUintContents(200).addUintContents(255);
        assertThat(server.modelInfer(request.build()).getRawOutputContents(0))
                .isEqualTo(ByteString.copyFrom(new byte[] {0, (byte) 200, (byte) 255}));
    }

    @Test
    void usesOneInstancePerCoreByDefault() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("fixed").build())
                .getConfig();
        assertThat(config.getInstanceGroup(0).getCount()).isEqualTo(2);
        assertThat(config.getBackend()).isEqualTo("onnxruntime");
    }

    @Test
    void loadsAModelAddedLater() throws IOException {
        TestModels.entry(repository, "later", TestModels.fixed());
        server.repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("later").build());
        ModelInferResponse response =
                server.modelInfer(Requests.raw("later", List.of(1L, 4L), new float[] {1, 1, 1, 1}, new float[4])
                        .build());
        assertThat(Requests.floats(response.getRawOutputContents(0))).containsExactly(1f, 1f, 1f, 1f);
    }

    @Test
    void hasNoModelOutsideItsRepository() {
        assertThat(code(() -> server.repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName("../" + repository.getFileName() + "/fixed")
                        .build())))
                .isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void leavesTheRestOfTheProtocolUnimplemented() {
        assertThat(code(() -> server.traceSetting(TraceSettingRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void findsNobodyInAnEmptyOrTinyPicture() {
        for (long side : new long[] {0, 1, 200}) {
            for (String model : List.of("people", "faces")) {
                ModelInferResponse response = server.modelInfer(ModelInferRequest.newBuilder()
                        .setModelName(model)
                        .addInputs(InferInputTensor.newBuilder()
                                .setName("image")
                                .setDatatype("UINT8")
                                .addAllShape(List.of(side, side, 1L)))
                        .addRawInputContents(ByteString.copyFrom(new byte[(int) (side * side)]))
                        .build());
                assertThat(response.getOutputs(0).getShapeList())
                        .as("%s at %d pixels", model, side)
                        .containsExactly(0L, 6L);
            }
        }
    }

    @Test
    void describesThePreprocessingOfBuiltInModels() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("people").build())
                .getConfig();
        assertThat(config.getInput(0).getDimsList()).containsExactly(-1L, -1L, 1L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(-1L, 6L);
        assertThat(config.getMaxBatchSize()).isZero();
        assertThat(config.getParametersOrThrow("framequota.preprocess").getStringValue())
                .isEqualTo("native,gray,0-255");
        assertThat(config.getParametersOrThrow("framequota.postprocess").getStringValue())
                .isEqualTo("hog");
        assertThat(config.getParametersOrThrow("framequota.labels").getStringValue())
                .isEqualTo("person");
        assertThat(config.getParametersOrThrow("framequota.max_side").getStringValue())
                .isEqualTo("800");
    }
}
