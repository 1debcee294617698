package io.framequota.inferenceserver.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a message takes on the heap once it is parsed, beside its own bytes, estimated from those without parsing it: two bytes
 * can become an object of a hundred.
 */
final class ParsedSizeEstimate {
    /** A message or a text with what refers to it; more than any of ours takes. */
    private static final long OBJECT = 160;

    private static final long NUMBER = 16;

    /** A packed number of one byte becomes one of up to eight, in an array that grows by halves. */
    private static final long PACKED = 20;

    private final long enough;
    private long bytes;

    private ParsedSizeEstimate(long enough) {
        this.enough = enough;
    }

    /**
     * The estimate in bytes; contents of type {@code bytes} are not in it, for they are not copied.
     *
     * @param enough where counting may end
     * @throws IOException when they are no message of this type
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
