package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.ModelMetadataRequest;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.framequota.contract.kserve.ModelReadyRequest;
import io.framequota.contract.kserve.ModelStatistics;
import io.framequota.contract.kserve.ModelStatisticsRequest;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryIndexResponse.ModelIndex;
import io.framequota.contract.kserve.RepositoryModelLoadRequest;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.framequota.contract.kserve.ServerLiveRequest;
import io.framequota.contract.kserve.ServerMetadataRequest;
import io.framequota.contract.kserve.ServerReadyRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The behaviour of every KServe v2 server with the models of {@link TestModels}. Subclasses provide the server. */
abstract class Conformance {
    private static final List<Long> ONE = List.of(1L, 4L);
    private static final float[] A = {1, 2, 3, 4};
    private static final float[] B = {10, 20, 30, 40};

    private ManagedChannel channel;
    GRPCInferenceServiceBlockingStub server;

    /** Host and port of the server under test. */
    abstract String address();

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forTarget(address())
                .usePlaintext()
                .maxInboundMessageSize(256 << 20)
                .compressorRegistry(DeflateCompressor.registry())
                .build();
        server = GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofMinutes(1));
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    static void await(BooleanSupplier condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition::getAsBoolean);
    }

    static Status.Code code(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        return ((StatusRuntimeException) thrown).getStatus().getCode();
    }

    @Test
    void isLiveAndReadyAndListsItsExtensions() {
        assertThat(server.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(server.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
        var metadata = server.serverMetadata(ServerMetadataRequest.getDefaultInstance());
        assertThat(metadata.getName()).isNotEmpty();
        assertThat(metadata.getExtensionsList())
                .contains("model_repository", "model_configuration", "system_shared_memory", "statistics");
    }

    @Test
    void describesAModelWithItsBatch() {
        ModelMetadataResponse metadata = server.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("batched").build());
        assertThat(metadata.getVersionsList()).containsExactly("1");
        assertThat(metadata.getInputs(0).getName()).isEqualTo("a");
        assertThat(metadata.getInputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 4L);
        assertThat(metadata.getOutputsList())
                .extracting(ModelMetadataResponse.TensorMetadata::getName)
                .containsExactly("sum", "diff");
    }

    @Test
    void returnsTheCompleteConfiguration() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("batched").build())
                .getConfig();
        assertThat(config.getMaxBatchSize()).isEqualTo(4);
        assertThat(config.getInput(1).getName()).isEqualTo("b");
        assertThat(config.getInput(1).getDataType()).isEqualTo(DataType.TYPE_FP32);
        assertThat(config.getInput(1).getDimsList()).containsExactly(4L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(4L);
        assertThat(config.getInstanceGroup(0).getCount()).isPositive();
    }

    @Test
    void infersFromRawContents() {
        ModelInferResponse response =
                server.modelInfer(Requests.raw("fixed", ONE, A, B).build());
        assertThat(response.getId()).isEqualTo("7");
        assertThat(response.getModelName()).isEqualTo("fixed");
        assertThat(response.getModelVersion()).isEqualTo("1");
        assertThat(response.getOutputsList())
                .allSatisfy(output -> assertThat(output.getShapeList()).isEqualTo(ONE))
                .extracting(ModelInferResponse.InferOutputTensor::getName)
                .containsExactlyInAnyOrder("sum", "diff");
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(11f, 22f, 33f, 44f);
        assertThat(Requests.floats(Requests.content(response, "diff"))).containsExactly(-9f, -18f, -27f, -36f);
    }

    @Test
    void infersFromTypedContents() {
        ModelInferResponse response =
                server.modelInfer(Requests.typed("fixed", ONE, List.of(1f, 2f, 3f, 4f), List.of(1f, 1f, 1f, 1f))
                        .build());
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(2f, 3f, 4f, 5f);
    }

    @Test
    void infersABatch() {
        float[] two = {1, 2, 3, 4, 5, 6, 7, 8};
        ModelInferResponse response = server.modelInfer(
                Requests.raw("batched", List.of(2L, 4L), two, two).build());
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(2L, 4L);
        assertThat(Requests.floats(Requests.content(response, "sum")))
                .containsExactly(2f, 4f, 6f, 8f, 10f, 12f, 14f, 16f);
    }

    @Test
    void showsClientsTheDimsOfAReshapedTensor() {
        ModelInferResponse response =
                server.modelInfer(Requests.raw("reshaped", List.of(4L), A, B).build());
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(11f, 22f, 33f, 44f);
        assertThat(response.getOutputsList())
                .extracting(ModelInferResponse.InferOutputTensor::getName, o -> List.copyOf(o.getShapeList()))
                .containsExactlyInAnyOrder(tuple("sum", List.of(4L)), tuple("diff", List.of(2L, 2L)));
        assertThat(code(() ->
                        server.modelInfer(Requests.raw("reshaped", ONE, A, B).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        ModelMetadataResponse metadata = server.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("reshaped").build());
        assertThat(metadata.getInputs(0).getShapeList()).containsExactly(4L);
    }

    @Test
    void infersABatchOfOneWithAModelForOnePicture() {
        ModelInferResponse response =
                server.modelInfer(Requests.raw("single", ONE, A, B).build());
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(11f, 22f, 33f, 44f);
        float[] two = new float[8];
        assertThat(code(() -> server.modelInfer(
                        Requests.raw("single", List.of(2L, 4L), two, two).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void readsCompressedMessages() {
        for (String compression : List.of("gzip", "deflate", "identity")) {
            ModelInferResponse response = server.withCompression(compression)
                    .modelInfer(Requests.raw("fixed", ONE, A, B).build());
            assertThat(Requests.floats(Requests.content(response, "sum")))
                    .as(compression)
                    .containsExactly(11f, 22f, 33f, 44f);
        }
    }

    @Test
    void infersFromMoreThan64MiB() {
        byte[] content = new byte[70 << 20];
        content[content.length - 1] = 7;
        ModelInferRequest request = Requests.bytes("bytes", content);
        assertThat(server.modelInfer(request).getRawOutputContents(0)).isEqualTo(request.getRawInputContents(0));
        assertThat(server.withCompression("gzip").modelInfer(request).getRawOutputContents(0))
                .as("packed")
                .isEqualTo(request.getRawInputContents(0));
    }

    @Test
    void returnsOnlyRequestedOutputs() {
        ModelInferResponse response = server.modelInfer(Requests.raw("fixed", ONE, A, B)
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("diff"))
                .build());
        assertThat(response.getOutputsList()).hasSize(1);
        assertThat(Requests.floats(Requests.content(response, "diff"))).containsExactly(-9f, -18f, -27f, -36f);
    }

    @Test
    void doesNotFindAnUnknownModelOrVersion() {
        assertThat(code(() ->
                        server.modelInfer(Requests.raw("nowhere", ONE, A, B).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> server.modelInfer(
                        Requests.raw("fixed", ONE, A, B).setModelVersion("9").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> server.modelMetadata(
                        ModelMetadataRequest.newBuilder().setName("nowhere").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("nowhere").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(server.modelReady(ModelReadyRequest.newBuilder()
                                .setName("nowhere")
                                .build())
                        .getReady())
                .isFalse();
    }

    @Test
    void refusesRequestsThatContradictTheModel() {
        var good = Requests.raw("fixed", ONE, A, B).build();
        List.of(
                        good.toBuilder().setInputs(0, Requests.input("a", List.of(1L, 5L))),
                        good.toBuilder().setInputs(0, Requests.input("a", List.of(4L))),
                        good.toBuilder().setInputs(0, Requests.input("a", ONE).setDatatype("INT32")),
                        good.toBuilder().setInputs(0, Requests.input("c", ONE)),
                        good.toBuilder().setInputs(0, Requests.input("b", ONE)),
                        good.toBuilder().removeInputs(1),
                        good.toBuilder().addInputs(Requests.input("c", ONE)),
                        good.toBuilder().setRawInputContents(0, Requests.bytes(1, 2, 3)),
                        good.toBuilder().clearRawInputContents(),
                        good.toBuilder().setModelVersion("one"),
                        good.toBuilder()
                                .addOutputs(
                                        InferRequestedOutputTensor.newBuilder().setName("product")),
                        Requests.typed("fixed", ONE, List.of(1f), List.of(1f, 2f, 3f, 4f)),
                        Requests.raw("batched", List.of(5L, 4L), new float[20], new float[20]))
                .forEach(bad -> assertThat(code(() -> server.modelInfer(bad.build())))
                        .as(bad.toString())
                        .isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void countsRequestsAndBatchesWithTheirTime() {
        ModelStatistics before = statistics("batched");
        server.modelInfer(Requests.raw("batched", ONE, A, B).build());
        float[] three = new float[12];
        server.modelInfer(Requests.raw("batched", List.of(3L, 4L), three, three).build());
        // Triton counts a request after answering it.
        await(() -> statistics("batched").getInferenceStats().getSuccess().getCount()
                == before.getInferenceStats().getSuccess().getCount() + 2);
        ModelStatistics after = statistics("batched");
        assertThat(after.getInferenceCount() - before.getInferenceCount()).isEqualTo(4);
        assertThat(after.getExecutionCount() - before.getExecutionCount()).isEqualTo(2);
        assertThat(after.getLastInference()).isPositive();
        assertThat(after.getInferenceStats().getQueue().getCount())
                .isEqualTo(after.getInferenceStats().getSuccess().getCount());
        assertThat(after.getInferenceStats().getComputeInfer().getNs())
                .isGreaterThan(before.getInferenceStats().getComputeInfer().getNs());
        assertThat(code(() -> statistics("nowhere"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private ModelStatistics statistics(String model) {
        return server.modelStatistics(
                        ModelStatisticsRequest.newBuilder().setName(model).build())
                .getModelStats(0);
    }

    @Test
    void unloadsAndLoadsAModel() {
        assertThat(state("bytes")).isEqualTo("READY");
        server.repositoryModelUnload(
                RepositoryModelUnloadRequest.newBuilder().setModelName("bytes").build());
        await(() -> state("bytes").equals("UNAVAILABLE"));
        var ready = ModelReadyRequest.newBuilder().setName("bytes").build();
        assertThat(server.modelReady(ready).getReady()).isFalse();
        assertThat(code(() -> server.modelInfer(Requests.raw("bytes", ONE, A, B).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> server.modelInfer(
                        Requests.raw("bytes", ONE, A, B).setModelVersion("1").build())))
                .isEqualTo(Status.Code.UNAVAILABLE);
        server.repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("bytes").build());
        assertThat(server.modelReady(ready).getReady()).isTrue();
        assertThat(code(() -> server.repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName("nowhere")
                        .build())))
                .isEqualTo(Status.Code.INTERNAL);
        assertThat(code(() -> server.repositoryIndex(RepositoryIndexRequest.newBuilder()
                        .setRepositoryName("other")
                        .build())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    private String state(String model) {
        return server.repositoryIndex(RepositoryIndexRequest.getDefaultInstance()).getModelsList().stream()
                .filter(entry -> entry.getName().equals(model))
                .map(ModelIndex::getState)
                .findFirst()
                .orElse("missing");
    }
}
