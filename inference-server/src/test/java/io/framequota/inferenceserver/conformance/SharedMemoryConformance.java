package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.SystemSharedMemoryRegisterRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.framequota.contract.kserve.SystemSharedMemoryUnregisterRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The behaviour of every KServe v2 server with system shared memory. */
abstract class SharedMemoryConformance extends ConfigurationConformance {
    private static final int SIZE = 256;

    private final String region = "region-" + ProcessHandle.current().pid();
    private final Path file =
            Path.of("/dev/shm/framequota-conformance-" + ProcessHandle.current().pid());
    private final String key = "/" + file.getFileName();

    @BeforeEach
    void createRegion() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < SIZE / 4; i++) {
            content.putFloat(i);
        }
        Files.write(file, content.array());
        register(region, key, 0, SIZE);
    }

    @AfterEach
    void removeRegion() throws IOException {
        server.systemSharedMemoryUnregister(
                SystemSharedMemoryUnregisterRequest.newBuilder().setName(region).build());
        Files.deleteIfExists(file);
    }

    private void register(String name, String object, long offset, long bytes) {
        server.systemSharedMemoryRegister(SystemSharedMemoryRegisterRequest.newBuilder()
                .setName(name)
                .setKey(object)
                .setOffset(offset)
                .setByteSize(bytes)
                .build());
    }

    private ModelInferRequest.Builder request() {
        return ModelInferRequest.newBuilder()
                .setModelName("fixed")
                .addInputs(Requests.input("a", region, 16, 16))
                .addInputs(Requests.input("b", region, 32, 16));
    }

    @Test
    void readsInputsFromARegion() {
        ModelInferResponse response = server.modelInfer(request().build());
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(12f, 14f, 16f, 18f);
    }

    @Test
    void writesOutputsToARegionAndLeavesTheResponseEmpty() throws IOException {
        ModelInferResponse response = server.modelInfer(request()
                .addOutputs(Requests.output("diff", region, 64, 64))
                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                        .setName("sum"))
                .build());
        assertThat(Requests.content(response, "diff").isEmpty()).isTrue();
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 4L);
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(12f, 14f, 16f, 18f);
        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(file));
        assertThat(Requests.floats(written.slice(64, 16))).containsExactly(-4f, -4f, -4f, -4f);
        assertThat(Requests.floats(written.slice(80, 4)))
                .as("behind the output")
                .containsExactly(20f);
    }

    @Test
    void listsRegions() {
        var status = server.systemSharedMemoryStatus(
                SystemSharedMemoryStatusRequest.newBuilder().setName(region).build());
        assertThat(status.getRegionsOrThrow(region).getKey()).isEqualTo(key);
        assertThat(status.getRegionsOrThrow(region).getByteSize()).isEqualTo(SIZE);
        assertThat(code(() -> server.systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.newBuilder()
                        .setName("nowhere")
                        .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void refusesMissingAndTooSmallRegions() {
        assertThat(code(() -> register(region, key, 0, SIZE))).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(code(() -> register("x", "/framequota-nowhere", 0, 16))).isEqualTo(Status.Code.INTERNAL);
        assertThat(code(() -> register("x", key, 0, SIZE + 1))).isEqualTo(Status.Code.INTERNAL);
        assertThat(code(() -> register("x", "/../etc/passwd", 0, 16))).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void refusesRequestsOutsideTheRegion() {
        assertThat(code(() -> server.modelInfer(request()
                        .setInputs(0, Requests.input("a", "nowhere", 0, 16))
                        .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> server.modelInfer(request()
                        .setInputs(0, Requests.input("a", region, SIZE - 8, 16))
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(code(() -> server.modelInfer(request()
                        .setInputs(0, Requests.input("a", region, -16, 16))
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(code(() -> server.modelInfer(request()
                        .setInputs(0, Requests.input("a", region, 0, 8))
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(code(() -> server.modelInfer(request()
                        .addOutputs(Requests.output("sum", region, SIZE - 8, 16))
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(code(() -> server.modelInfer(request()
                        .addOutputs(Requests.output("sum", region, 0, 8))
                        .build())))
                .isEqualTo(Status.Code.INTERNAL);
    }
}
