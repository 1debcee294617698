package io.framequota.inferenceserver.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigCompletionTest {
    private static final ModelSignature FIXED = signature(1, 10);
    private static final ModelSignature OPEN = signature(-1, -1);

    private static ModelSignature signature(long in, long out) {
        return new ModelSignature(
                List.of(new TensorSpec("x", DataType.TYPE_FP32, List.of(in, 3L, 8L, 8L))),
                List.of(new TensorSpec("y", DataType.TYPE_INT64, List.of(out, 2L))));
    }

    private static ModelConfig complete(String text, ModelSignature signature) throws TextFormat.ParseException {
        return ConfigCompletion.complete(TextFormat.parse(text, ModelConfig.class), signature, 3);
    }

    @Test
    void takesMissingTensorsFromTheModel() throws Exception {
        ModelConfig config = complete("name: 'm'", FIXED);
        assertThat(config.getMaxBatchSize()).isZero();
        assertThat(config.getInput(0).getDimsList()).containsExactly(1L, 3L, 8L, 8L);
        assertThat(config.getOutput(0).getDataType()).isEqualTo(DataType.TYPE_INT64);
        assertThat(config.getInstanceGroup(0).getCount()).isEqualTo(3);
        assertThat(config.getVersionPolicy().getLatest().getNumVersions()).isEqualTo(1);
    }

    @Test
    void openFirstDimensionIsTheBatchByDefault() throws Exception {
        ModelConfig config = complete("name: 'm'", OPEN);
        assertThat(config.getMaxBatchSize()).isEqualTo(4);
        assertThat(config.getInput(0).getDimsList()).containsExactly(3L, 8L, 8L);
    }

    @Test
    void keepsConfiguredValues() throws Exception {
        ModelConfig config = complete(
                "max_batch_size: 16 input { name: 'x' data_type: TYPE_FP32 dims: [3, -1, 8] }"
                        + " instance_group { count: 5 kind: KIND_CPU }",
                OPEN);
        assertThat(config.getMaxBatchSize()).isEqualTo(16);
        assertThat(config.getInput(0).getDimsList()).containsExactly(3L, -1L, 8L);
        assertThat(config.getOutput(0).getName()).isEqualTo("y");
        assertThat(config.getInstanceGroup(0).getCount()).isEqualTo(5);
    }

    @Test
    void dimsContainTheBatchWithoutMaxBatchSize() throws Exception {
        ModelConfig config = complete("input { name: 'x' dims: [-1, 3, 8, 8] }", OPEN);
        assertThat(config.getMaxBatchSize()).isZero();
        assertThat(config.getInput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(-1L, 2L);
    }

    @Test
    void modelForOnePictureTakesBatchesOfOne() throws Exception {
        ModelSignature one = signature(1, 1);
        ModelConfig config = complete("max_batch_size: 1", one);
        assertThat(config.getMaxBatchSize()).isEqualTo(1);
        assertThat(config.getInput(0).getDimsList()).containsExactly(3L, 8L, 8L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(2L);
    }

    @Test
    void clientsSeeTheDimsOfAReshapedTensor() throws Exception {
        ModelConfig config = complete(
                "input { name: 'x' dims: [3, 8, 8] reshape { shape: [1, 3, 8, 8] } }"
                        + " output { name: 'y' dims: [20] reshape { shape: [10, 2] } }",
                FIXED);
        assertThat(config.getInput(0).getDimsList()).containsExactly(3L, 8L, 8L);
        assertThat(config.getInput(0).getReshape().getShapeList()).containsExactly(1L, 3L, 8L, 8L);
        assertThat(config.getOutput(0).getDimsList()).containsExactly(20L);
    }

    @Test
    void refusesContradictions() {
        List.of(
                        "max_batch_size: 4",
                        "max_batch_size: 2",
                        "input { name: 'other' }",
                        "output { name: 'other' }",
                        "input { name: 'x' data_type: TYPE_UINT8 }",
                        "input { name: 'x' dims: [1, 3, 8, 9] }",
                        "input { name: 'x' dims: [3, 8, 8] }",
                        "input { name: 'x' dims: [3, 8, 8] reshape { shape: [1, 3, 8, 9] } }",
                        "input { name: 'x' dims: [3, 8, 9] reshape { shape: [1, 3, 8, 8] } }",
                        "input { name: 'x' dims: [-1, 8] reshape { shape: [1, 3, 8, 8] } }",
                        "output { name: 'y' dims: [4] reshape { shape: [10, 2] } }",
                        "instance_group { kind: KIND_GPU }")
                .forEach(text ->
                        assertThatThrownBy(() -> complete(text, FIXED)).as(text).isInstanceOf(RefusedException.class));
    }
}
