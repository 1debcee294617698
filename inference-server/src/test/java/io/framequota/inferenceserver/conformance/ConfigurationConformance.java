package io.framequota.inferenceserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.ModelMetadataRequest;
import io.framequota.contract.kserve.ModelMetadataResponse;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Repositories as they are found: every server reads the same from them. */
abstract class ConfigurationConformance extends Conformance {
    private ModelMetadataResponse metadata(String model) {
        return server.modelMetadata(
                ModelMetadataRequest.newBuilder().setName(model).build());
    }

    private List<Float> infer(String model, String version, List<Long> shape, float... values) {
        ModelInferResponse response = server.modelInfer(ModelInferRequest.newBuilder()
                .setModelName(model)
                .setModelVersion(version)
                .addInputs(Requests.input("x", shape))
                .addRawInputContents(Requests.bytes(values))
                .build());
        return Requests.floats(Requests.content(response, "y"));
    }

    @Test
    void readsCommentsQuotesSeparatorsAndWindowsLineEnds() {
        ModelConfig config = server.modelConfig(
                        ModelConfigRequest.newBuilder().setName("commented").build())
                .getConfig();
        assertThat(config.getInput(1).getDimsList()).containsExactly(1L, 4L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(1L, 4L);
        assertThat(config.getOutput(1).getLabelFilename()).isEqualTo("labels.txt");
        assertThat(config.getParametersOrThrow("about").getStringValue())
                .isEqualTo("a # that is no comment, in two parts");
        ModelInferResponse response = server.modelInfer(
                Requests.raw("commented", List.of(1L, 4L), new float[] {1, 2, 3, 4}, new float[] {1, 1, 1, 1})
                        .build());
        assertThat(Requests.floats(Requests.content(response, "sum"))).containsExactly(2f, 3f, 4f, 5f);
    }

    @Test
    void takesBatchesUpToTheConfiguredSize() {
        assertThat(metadata("wide").getInputs(0).getShapeList()).containsExactly(-1L, 4L);
        float[] eight = new float[32];
        eight[31] = 5;
        ModelInferResponse response = server.modelInfer(
                Requests.raw("wide", List.of(8L, 4L), eight, eight).build());
        assertThat(Requests.floats(Requests.content(response, "sum")))
                .hasSize(32)
                .endsWith(10f);
        float[] nine = new float[36];
        assertThat(code(() -> server.modelInfer(
                        Requests.raw("wide", List.of(9L, 4L), nine, nine).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void anOpenDimensionTakesAnySize() {
        assertThat(metadata("open").getInputs(0).getShapeList()).containsExactly(1L, -1L);
        for (int size : new int[] {1, 7, 1000}) {
            ModelInferRequest request = Requests.bytes("open", new byte[size]);
            assertThat(server.modelInfer(request).getRawOutputContents(0).size())
                    .isEqualTo(size);
        }
    }

    @Test
    void picturesMayHaveTheirChannelsLast() {
        assertThat(metadata("channels-last").getInputs(0).getShapeList()).containsExactly(-1L, 2L, 2L, 3L);
        assertThat(infer("channels-last", "", List.of(1L, 2L, 2L, 3L), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
                .containsExactly(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f);
    }

    @Test
    void weightsMayBeInOtherFiles() {
        assertThat(infer("outside", "", List.of(1L), 2)).containsExactly(12f);
    }

    @Test
    void severalVersionsAnswerByTheirNumberAndTheHighestByDefault() {
        assertThat(metadata("versions").getVersionsList()).containsExactlyInAnyOrder("1", "12");
        assertThat(infer("versions", "1", List.of(1L), 3)).containsExactly(3f);
        assertThat(infer("versions", "12", List.of(1L), 3)).containsExactly(36f);
        assertThat(infer("versions", "", List.of(1L), 3)).containsExactly(36f);
        assertThat(code(() -> infer("versions", "2", List.of(1L), 3))).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void infersHalfFloats() {
        ByteBuffer numbers = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : new float[] {1, 2, 0.5f, -4}) {
            numbers.putShort(Float.floatToFloat16(number));
        }
        ByteString content = ByteString.copyFrom(numbers.flip());
        ModelInferResponse response = server.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("half")
                .addInputs(Requests.input("a", List.of(1L, 4L)).setDatatype("FP16"))
                .addInputs(Requests.input("b", List.of(1L, 4L)).setDatatype("FP16"))
                .addRawInputContents(content)
                .addRawInputContents(content)
                .build());
        ByteBuffer sum =
                Requests.content(response, "sum").asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(Float.float16ToFloat(sum.getShort(6))).isEqualTo(-8f);
    }
}
