package io.framequota.inferenceserver.repository;

import io.framequota.inferenceserver.backend.Shape;
import io.framequota.inferenceserver.backend.Signature;
import io.framequota.inferenceserver.backend.TensorSpec;
import java.util.List;
import java.util.stream.Stream;

/** What config.pbtxt calls dims, and the batch that it leaves out. */
final class Tensors {
    private Tensors() {}

    /** With the batch dimension in front. */
    static TensorSpec batched(TensorSpec spec) {
        return new TensorSpec(spec.name(), spec.type(), Shape.prepend(-1, spec.shape()));
    }

    /** The dims of a model's own shape. */
    static List<Long> dims(TensorSpec spec, boolean batched) {
        return batched ? spec.shape().subList(1, spec.shape().size()) : spec.shape();
    }

    /** Whether the first dimension of everything is open, so that it can be a batch. */
    static boolean canBatch(Signature signature) {
        return Stream.concat(signature.inputs().stream(), signature.outputs().stream())
                .allMatch(spec -> !spec.shape().isEmpty() && spec.shape().getFirst() == -1);
    }
}
