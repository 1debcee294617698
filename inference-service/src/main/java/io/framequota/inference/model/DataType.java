package io.framequota.inference.model;

import java.util.Optional;

/** Element types that a worker can write or read, by their KServe names. */
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

    /** Size of an element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether it is a floating-point type. */
    public boolean isFloat() {
        return this == FP16 || this == FP32;
    }

    /** The type with a KServe name such as {@code FP32}; empty for a type that workers do not support. */
    public static Optional<DataType> named(String name) {
        for (DataType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
