package io.framequota.inference.model;

import java.util.Optional;

/** Element types of tensors that a worker can fill or read, by their KServe names. */
public enum DataType {
    UINT8(1),
    INT32(4),
    INT64(8),
    FP16(2),
    FP32(4);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether its numbers have fractions. */
    public boolean isFloat() {
        return this == FP16 || this == FP32;
    }

    /** The type with a KServe name such as {@code FP32}; empty for one that no worker handles. */
    public static Optional<DataType> named(String name) {
        for (DataType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
