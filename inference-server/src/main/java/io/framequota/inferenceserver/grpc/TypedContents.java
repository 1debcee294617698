package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.nio.ByteBuffer;

/** Reads tensors that a message has as typed numbers, each type in the field that the protocol assigns to it. */
final class TypedContents {
    private TypedContents() {}

    /**
     * The number of elements of this type.
     *
     * @throws RefusedException for types that exist as raw contents only
     */
    static int count(DataType type, InferTensorContents contents) {
        return switch (type) {
            case TYPE_BOOL -> contents.getBoolContentsCount();
            case TYPE_INT8, TYPE_INT16, TYPE_INT32 -> contents.getIntContentsCount();
            case TYPE_INT64 -> contents.getInt64ContentsCount();
            case TYPE_UINT8, TYPE_UINT16, TYPE_UINT32 -> contents.getUintContentsCount();
            case TYPE_UINT64 -> contents.getUint64ContentsCount();
            case TYPE_FP32 -> contents.getFp32ContentsCount();
            case TYPE_FP64 -> contents.getFp64ContentsCount();
            default ->
                throw RefusedException.invalid("elements of " + type + " are accepted in raw_input_contents only");
        };
    }

    /** Writes the elements of this type in the byte order of the buffer. */
    static void write(DataType type, InferTensorContents contents, ByteBuffer out) {
        switch (type) {
            case TYPE_BOOL -> contents.getBoolContentsList().forEach(v -> out.put((byte) (v ? 1 : 0)));
            case TYPE_INT8 -> contents.getIntContentsList().forEach(v -> out.put(v.byteValue()));
            case TYPE_INT16 -> contents.getIntContentsList().forEach(v -> out.putShort(v.shortValue()));
            case TYPE_INT32 -> contents.getIntContentsList().forEach(out::putInt);
            case TYPE_INT64 -> contents.getInt64ContentsList().forEach(out::putLong);
            case TYPE_UINT8 -> contents.getUintContentsList().forEach(v -> out.put(v.byteValue()));
            case TYPE_UINT16 -> contents.getUintContentsList().forEach(v -> out.putShort(v.shortValue()));
            case TYPE_UINT32 -> contents.getUintContentsList().forEach(out::putInt);
            case TYPE_UINT64 -> contents.getUint64ContentsList().forEach(out::putLong);
            case TYPE_FP32 -> contents.getFp32ContentsList().forEach(out::putFloat);
            case TYPE_FP64 -> contents.getFp64ContentsList().forEach(out::putDouble);
            default ->
                throw RefusedException.invalid("elements of " + type + " are accepted in raw_input_contents only");
        }
    }
}
