package io.framequota.inferenceserver.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Estimates, without parsing it, how much heap a message takes when it is parsed, in addition to its own bytes: two bytes may
 * become an object of a hundred.
 */
final class ParsedSizeEstimate {
    /** A message or string with its references: more than any object of this protocol takes. */
    private static final long OBJECT = 160;

    private static final long NUMBER = 16;

    /** A packed number of one byte becomes up to eight bytes, in an array that grows by halves. */
    private static final long PACKED = 20;

    private final long enough;
    private long bytes;

    private ParsedSizeEstimate(long enough) {
        this.enough = enough;
    }

    /**
     * The estimate in bytes. Contents of type {@code bytes} do not count, because they are not copied.
     *
     * @param enough the estimate may stop here
     * @throws IOException when the bytes are not a message of this type
     */
    static long of(CodedInputStream message, Descriptor type, long enough) throws IOException {
        ParsedSizeEstimate cost = new ParsedSizeEstimate(enough);
        cost.add(message, type);
        return cost.bytes;
    }

    private void add(CodedInputStream message, Descriptor type) throws IOException {
        bytes += OBJECT;
        while (bytes <= enough) {
            int tag = message.readTag();
            if (tag == 0) {
                return;
            }
            if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                bytes += NUMBER;
                message.skipField(tag);
                continue;
            }
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            int length = message.readRawVarint32();
            if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                int outer = message.pushLimit(length);
                add(message, field.getMessageType());
                if (bytes <= enough) {
                    message.popLimit(outer);
                }
            } else {
                bytes += OBJECT + contents(field, length);
                message.skipRawBytes(length);
            }
        }
    }

    private static long contents(@Nullable FieldDescriptor field, long length) {
        if (field == null) {
            return length;
        }
        return switch (field.getType()) {
            case BYTES -> 0;
            case STRING -> 2 * length;
            default -> PACKED * length;
        };
    }
}
