package io.framequota.inference.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * An output of one inference.
 *
 * @param shape batch included
 * @param data elements in row-major order, little-endian. They may lie in a slot and are valid until the slot is released
 */
public record OutputTensor(String name, DataType type, List<Long> shape, MemorySegment data) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public OutputTensor {
        shape = List.copyOf(shape);
    }

    /** The number of elements. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** An element of any type as a float. */
    public float at(long index) {
        return switch (type) {
            case FP16 -> Float.float16ToFloat(data.getAtIndex(SHORT, index));
            case FP32 -> data.getAtIndex(FLOAT, index);
            case INT32 -> data.getAtIndex(INT, index);
            case INT64 -> data.getAtIndex(LONG, index);
            case UINT8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xff;
        };
    }

    /**
     * Copies {@code count} elements, starting at {@code from}, to {@code to}.
     *
     * @throws IllegalArgumentException when the tensor has an integer type
     */
    public void copy(long from, float[] to, int count) {
        switch (type) {
            case FP32 -> MemorySegment.copy(data, FLOAT, 4 * from, to, 0, count);
            case FP16 -> {
                for (int i = 0; i < count; i++) {
                    to[i] = at(from + i);
                }
            }
            default -> throw new IllegalArgumentException("output " + name + " is " + type + ", not FP16 or FP32");
        }
    }

    /**
     * The last {@code rank} dimensions, when all dimensions before them are 1: [1,1,7,5] gives [7,5] for rank 2.
     *
     * @throws IllegalArgumentException when the shape is not of that form
     */
    public int[] squeezed(int rank) {
        long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
        int extra = dims.length - rank;
        for (int i = 0; i < extra; i++) {
            if (dims[i] != 1) {
                throw new IllegalArgumentException(
                        "output " + name + " has shape " + shape + ", not " + rank + " dimensions of one picture");
            }
        }
        if (extra < 0) {
            throw new IllegalArgumentException(
                    "output " + name + " has shape " + shape + ", less than " + rank + " dimensions");
        }
        return Arrays.stream(dims, extra, dims.length)
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}
