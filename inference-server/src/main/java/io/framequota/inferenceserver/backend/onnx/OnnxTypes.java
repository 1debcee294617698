package io.framequota.inferenceserver.backend.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.util.Arrays;
import java.util.List;

/** Maps element types between ONNX Runtime and the protocol. */
final class OnnxTypes {
    private OnnxTypes() {}

    static TensorSpec spec(NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo info)) {
            throw RefusedException.unavailable(
                    "'" + node.getName() + "' is a sequence or a map; only tensors are supported");
        }
        List<Long> shape = Arrays.stream(info.getShape())
                .map(dim -> Math.max(dim, -1))
                .boxed()
                .toList();
        return new TensorSpec(node.getName(), fromOnnx(node.getName(), info), shape);
    }

    private static DataType fromOnnx(String name, TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.TYPE_BOOL;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.TYPE_UINT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.TYPE_INT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.TYPE_INT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.TYPE_INT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.TYPE_INT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.TYPE_FP16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.TYPE_BF16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.TYPE_FP32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.TYPE_FP64;
            default ->
                throw RefusedException.unavailable("tensor '" + name + "' has elements of type " + info.onnxType
                        + ", which the embedded server does not support");
        };
    }

    static OnnxJavaType toOnnx(DataType type) {
        return switch (type) {
            case TYPE_BOOL -> OnnxJavaType.BOOL;
            case TYPE_UINT8 -> OnnxJavaType.UINT8;
            case TYPE_INT8 -> OnnxJavaType.INT8;
            case TYPE_INT16 -> OnnxJavaType.INT16;
            case TYPE_INT32 -> OnnxJavaType.INT32;
            case TYPE_INT64 -> OnnxJavaType.INT64;
            case TYPE_FP16 -> OnnxJavaType.FLOAT16;
            case TYPE_BF16 -> OnnxJavaType.BFLOAT16;
            case TYPE_FP32 -> OnnxJavaType.FLOAT;
            case TYPE_FP64 -> OnnxJavaType.DOUBLE;
            default -> throw new IllegalArgumentException("no tensor of the runtime has elements of " + type);
        };
    }
}
