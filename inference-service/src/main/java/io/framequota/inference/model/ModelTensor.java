package io.framequota.inference.model;

import java.util.List;
import java.util.OptionalLong;

/**
 * A tensor of a model.
 *
 * @param name of the tensor
 * @param type of its elements
 * @param shape as a request states it, batch included; -1 where it varies
 */
public record ModelTensor(String name, DataType type, List<Long> shape) {
    public ModelTensor {
        shape = List.copyOf(shape);
    }

    /** Bytes of the tensor, empty where its shape varies. */
    public OptionalLong bytes() {
        long elements = 1;
        for (long dim : shape) {
            if (dim < 0) {
                return OptionalLong.empty();
            }
            elements *= dim;
        }
        return OptionalLong.of(elements * type.bytes());
    }
}
