package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.DataType;
import java.util.List;

/**
 * An input or output of a model.
 *
 * @param shape with -1 for a dimension that requests decide, the batch included
 */
public record TensorSpec(String name, DataType type, List<Long> shape) {
    /** Copies the shape. */
    public TensorSpec {
        shape = List.copyOf(shape);
    }
}
