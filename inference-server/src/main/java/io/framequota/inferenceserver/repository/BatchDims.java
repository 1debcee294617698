package io.framequota.inferenceserver.repository;

import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.TensorSpec;
import java.util.List;
import java.util.stream.Stream;

/** What config.pbtxt calls dims, and the batch that it leaves out. */
final class BatchDims {
    private BatchDims() {}

    /** With the batch dimension in front. */
    static TensorSpec batched(TensorSpec spec) {
        return new TensorSpec(spec.name(), spec.type(), Shapes.prepend(-1, spec.shape()));
    }

    /** The dims of a model's own shape. */
    static List<Long> dims(TensorSpec spec, boolean batched) {
        return batched ? spec.shape().subList(1, spec.shape().size()) : spec.shape();
    }

    /** Whether the first dimension of everything is open, so that it can be a batch. */
    static boolean canBatch(ModelSignature signature) {
        return Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                .allMatch(spec -> !spec.shape().isEmpty() && spec.shape().getFirst() == -1);
    }

    /**
     * Whether requests may come with batches of this size: everything has an open first dimension, or, for batches of one, a
     * first dimension of 1. Triton's ONNX Runtime backend refuses the latter and its TensorRT backend takes it; a request is
     * the same for both.
     */
    static boolean takesBatches(ModelSignature signature, int most) {
        return most == 0
                || Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                        .allMatch(spec -> !spec.shape().isEmpty()
                                && (spec.shape().getFirst() == -1
                                        || (most == 1 && spec.shape().getFirst() == 1)));
    }
}
