package io.framequota.inferenceserver.conformance;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds requests for the models of {@link TestModels} and reads the answers. */
final class Requests {
    private Requests() {}

    static ModelInferRequest.Builder raw(String model, List<Long> shape, float[] a, float[] b) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId("7")
                .addInputs(input("a", shape))
                .addInputs(input("b", shape))
                .addRawInputContents(bytes(a))
                .addRawInputContents(bytes(b));
    }

    static ModelInferRequest.Builder typed(String model, List<Long> shape, List<Float> a, List<Float> b) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(input("a", shape)
                        .setContents(InferTensorContents.newBuilder().addAllFp32Contents(a)))
                .addInputs(input("b", shape)
                        .setContents(InferTensorContents.newBuilder().addAllFp32Contents(b)));
    }

    /** For the model {@code bytes}, which returns its input. */
    static ModelInferRequest bytes(String model, byte[] content) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(input("x", List.of(1L, (long) content.length)).setDatatype("UINT8"))
                .addRawInputContents(UnsafeByteOperations.unsafeWrap(content))
                .build();
    }

    static InferInputTensor.Builder input(String name, List<Long> shape) {
        return InferInputTensor.newBuilder().setName(name).setDatatype("FP32").addAllShape(shape);
    }

    static InferInputTensor.Builder input(String name, String region, long offset, long bytes) {
        return input(name, List.of(1L, 4L)).putAllParameters(memory(region, offset, bytes));
    }

    static InferRequestedOutputTensor output(String name, String region, long offset, long bytes) {
        return InferRequestedOutputTensor.newBuilder()
                .setName(name)
                .putAllParameters(memory(region, offset, bytes))
                .build();
    }

    private static Map<String, InferParameter> memory(String region, long offset, long bytes) {
        return Map.of(
                "shared_memory_region",
                InferParameter.newBuilder().setStringParam(region).build(),
                "shared_memory_byte_size",
                InferParameter.newBuilder().setInt64Param(bytes).build(),
                "shared_memory_offset",
                InferParameter.newBuilder().setInt64Param(offset).build());
    }

    /** The raw contents of an output. Responses may have their outputs in any order. */
    static ByteString content(ModelInferResponse response, String output) {
        for (int i = 0; i < response.getOutputsCount(); i++) {
            if (response.getOutputs(i).getName().equals(output)) {
                return response.getRawOutputContents(i);
            }
        }
        throw new AssertionError("no output " + output + " in " + response);
    }

    static ByteString bytes(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return ByteString.copyFrom(buffer.flip());
    }

    static List<Float> floats(ByteString bytes) {
        return floats(bytes.asReadOnlyByteBuffer());
    }

    static List<Float> floats(ByteBuffer bytes) {
        ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<Float> values = new ArrayList<>();
        while (buffer.hasRemaining()) {
            values.add(buffer.getFloat());
        }
        return values;
    }
}
