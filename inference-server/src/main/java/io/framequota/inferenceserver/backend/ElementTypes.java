package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.DataType;

/** Names and sizes of tensor elements in the KServe protocol. */
public final class ElementTypes {
    private ElementTypes() {}

    /** The protocol's name of a type: {@code FP32}, {@code UINT8}, {@code BYTES}. */
    public static String name(DataType type) {
        return type == DataType.TYPE_STRING ? "BYTES" : type.name().substring("TYPE_".length());
    }

    /** The type with this protocol name, {@link DataType#TYPE_INVALID} when there is none. */
    public static DataType parse(String name) {
        if (name.equals("BYTES")) {
            return DataType.TYPE_STRING;
        }
        for (DataType type : DataType.values()) {
            if (type != DataType.UNRECOGNIZED && type.name().equals("TYPE_" + name)) {
                return type;
            }
        }
        return DataType.TYPE_INVALID;
    }

    /**
     * The size of an element in bytes.
     *
     * @throws IllegalArgumentException for strings and invalid types, which have no fixed size
     */
    public static int size(DataType type) {
        return switch (type) {
            case TYPE_BOOL, TYPE_UINT8, TYPE_INT8 -> 1;
            case TYPE_UINT16, TYPE_INT16, TYPE_FP16, TYPE_BF16 -> 2;
            case TYPE_UINT32, TYPE_INT32, TYPE_FP32 -> 4;
            case TYPE_UINT64, TYPE_INT64, TYPE_FP64 -> 8;
            default -> throw new IllegalArgumentException("elements of " + type + " have no fixed size");
        };
    }
}
