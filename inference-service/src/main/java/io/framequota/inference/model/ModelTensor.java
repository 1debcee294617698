package io.framequota.inference.model;

import java.util.List;
import java.util.OptionalLong;

/**
 * An input or output of a model.
 *
 * @param shape as in a request, batch included; -1 for dimensions that vary
 */
public record ModelTensor(String name, DataType type, List<Long> shape) {
    public ModelTensor {
        shape = List.copyOf(shape);
    }

    /** Size in bytes, empty when the shape varies. */
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
