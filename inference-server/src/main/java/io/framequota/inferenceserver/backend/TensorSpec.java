package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.DataType;
import java.util.List;

/**
 * An input or output of a model.
 *
 * @param shape with -1 for open dimensions, batch included
 */
public record TensorSpec(String name, DataType type, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }
}
