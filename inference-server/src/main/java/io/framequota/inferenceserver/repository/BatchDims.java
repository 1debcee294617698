package io.framequota.inferenceserver.repository;

import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.TensorSpec;
import java.util.List;
import java.util.stream.Stream;

/** Converts between the dims of a config.pbtxt, which exclude the batch, and full shapes. */
final class BatchDims {
    private BatchDims() {}

    /** The tensor with an open batch dimension in front. */
    static TensorSpec batched(TensorSpec spec) {
        return new TensorSpec(spec.name(), spec.type(), Shapes.prepend(-1, spec.shape()));
    }

    /** The dims of a shape of the model itself. */
    static List<Long> dims(TensorSpec spec, boolean batched) {
        return batched ? spec.shape().subList(1, spec.shape().size()) : spec.shape();
    }

    /** Whether all tensors have an open first dimension, which may be a batch. */
    static boolean canBatch(ModelSignature signature) {
        return Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                .allMatch(spec -> !spec.shape().isEmpty() && spec.shape().getFirst() == -1);
    }

    /**
     * Whether requests may have batches of up to {@code most}. All tensors must have an open first dimension; for batches of
     * one, a first dimension of 1 is enough. Triton's ONNX Runtime backend refuses the latter and its TensorRT backend accepts
     * it; requests are the same for both.
     */
    static boolean takesBatches(ModelSignature signature, int most) {
        return most == 0
                || Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                        .allMatch(spec -> !spec.shape().isEmpty()
                                && (spec.shape().getFirst() == -1
                                        || (most == 1 && spec.shape().getFirst() == 1)));
    }
}
