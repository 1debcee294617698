package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.ComputeGrpc;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.QueueRequest;
import io.framequota.contract.control.Queued;
import io.framequota.contract.control.UseRequest;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.RepositoryIndexRequest;
import io.framequota.contract.kserve.RepositoryModelLoadRequest;
import io.framequota.contract.kserve.ServerMetadataRequest;
import io.framequota.contract.kserve.TraceSettingRequest;
import io.framequota.inferenceserver.EmbeddedServer;
import io.framequota.inferenceserver.Options;
import io.framequota.scheduler.enforce.cgroup.OwnGroup;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server, in this process and over a real port: the conformance tests, and what only it does. */
class EmbeddedServerIT extends SharedMemoryConformance {
    @TempDir
    static Path repository;

    private static EmbeddedServer embedded;

    @BeforeAll
    static void start() throws IOException {
        TestModels.entry(repository, "fixed", TestModels.fixed());
        TestModels.entry(repository, "batched", TestModels.batched());
        TestModels.entry(repository, "bytes", TestModels.bytes());
        Files.writeString(
                Files.createDirectories(repository.resolve("broken/1")).resolve("model.onnx"), "this is no model");
        embedded = EmbeddedServer.start(new Options(repository, "127.0.0.1", 0, 2, false));
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
    void saysThatItIsFramequotasOwn() {
        assertThat(server.serverMetadata(ServerMetadataRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("framequota-inference-server");
    }

    @Test
    void saysWhatTheKernelCountedForItsGroup() {
        assumeThat(OwnGroup.find()).as("a control group with counters").isPresent();
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
    void saysWhatWaits() {
        Queued idle = ComputeGrpc.newBlockingStub(server.getChannel()).queue(QueueRequest.getDefaultInstance());

        assertThat(idle).isEqualTo(Queued.getDefaultInstance());
    }

    @Test
    void listsABrokenModelWithItsReason() {
        var broken = server.repositoryIndex(RepositoryIndexRequest.getDefaultInstance()).getModelsList().stream()
                .filter(entry -> entry.getName().equals("broken"))
                .findFirst()
                .orElseThrow();
        assertThat(broken.getState()).isEqualTo("UNAVAILABLE");
        assertThat(broken.getReason()).contains("model.onnx").doesNotContain("\n");
    }

    @Test
    void leavesOutBrokenModelsWhenOnlyReadyOnesAreAskedFor() {
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
    void saysHowLongTheModelTook() {
        ModelInferResponse response =
                server.modelInfer(Requests.raw("fixed", List.of(1L, 4L), new float[4], new float[4])
                        .build());
        assertThat(response.getParametersOrThrow("framequota_compute_us").getInt64Param())
                .isPositive();
        assertThat(response.containsParameters("framequota_queue_us")).isTrue();
    }

    @Test
    void infersFromTypedBytesOfAnOpenShape() {
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
    void hasSoManyInstancesAsCoresWhereTheConfigurationNamesNone() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("fixed").build())
                .getConfig();
        assertThat(config.getInstanceGroup(0).getCount()).isEqualTo(2);
        assertThat(config.getBackend()).isEqualTo("onnxruntime");
    }

    @Test
    void loadsAModelThatAppearedLater() throws IOException {
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
    void doesNotKnowTheRestOfTheProtocol() {
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
                                .addAllShape(List.of(side, side, 3L)))
                        .addRawInputContents(ByteString.copyFrom(new byte[(int) (side * side * 3)]))
                        .build());
                assertThat(response.getOutputs(0).getShapeList())
                        .as("%s at %d pixels", model, side)
                        .containsExactly(0L, 6L);
            }
        }
    }

    @Test
    void tellsWorkersHowToFeedTheBuiltInModels() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("people").build())
                .getConfig();
        assertThat(config.getInput(0).getDimsList()).containsExactly(-1L, -1L, 3L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(-1L, 6L);
        assertThat(config.getMaxBatchSize()).isZero();
        assertThat(config.getParametersOrThrow("framequota.preprocess").getStringValue())
                .isEqualTo("native,bgr,0-255");
        assertThat(config.getParametersOrThrow("framequota.postprocess").getStringValue())
                .isEqualTo("hog");
        assertThat(config.getParametersOrThrow("framequota.labels").getStringValue())
                .isEqualTo("person");
        assertThat(config.getParametersOrThrow("framequota.max_side").getStringValue())
                .isEqualTo("960");
    }
}
