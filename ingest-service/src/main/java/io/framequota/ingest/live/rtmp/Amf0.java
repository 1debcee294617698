package io.framequota.ingest.live.rtmp;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Action Message Format 0, in which RTMP writes its commands. Numbers are {@link Double}, texts {@link String}, objects and arrays
 * {@link Map} and {@link List}; what means nothing to us is null.
 */
final class Amf0 {
    /** Objects and arrays inside one another. */
    static final int MAX_DEPTH = 8;

    /** Values of a message, those inside objects and arrays counted. */
    static final int MAX_VALUES = 256;

    private static final int NUMBER = 0;
    private static final int BOOLEAN = 1;
    private static final int STRING = 2;
    private static final int OBJECT = 3;
    private static final int NULL = 5;
    private static final int UNDEFINED = 6;
    private static final int ECMA_ARRAY = 8;
    private static final int OBJECT_END = 9;
    private static final int STRICT_ARRAY = 10;
    private static final int DATE = 11;
    private static final int LONG_STRING = 12;
    private static final int UNSUPPORTED = 13;
    private static final int XML = 15;
    private static final int TYPED_OBJECT = 16;
    private static final int DATE_BYTES = 10;

    private final ByteBuffer in;
    private int values;

    private Amf0(ByteBuffer in) {
        this.in = in;
    }

    /**
     * Reads all values of a message.
     *
     * @throws RtmpProtocolException when they are broken, too many or too deep
     */
    static List<@Nullable Object> read(byte[] message, int from) throws RtmpProtocolException {
        Amf0 reader = new Amf0(ByteBuffer.wrap(message, from, message.length - from));
        List<@Nullable Object> all = new ArrayList<>();
        try {
            while (reader.in.hasRemaining()) {
                all.add(reader.value(0));
            }
            return all;
        } catch (BufferUnderflowException e) {
            throw new RtmpProtocolException("a command ends in the middle of a value");
        }
    }

    private @Nullable Object value(int depth) throws RtmpProtocolException {
        if (depth > MAX_DEPTH) {
            throw new RtmpProtocolException("a command has more than " + MAX_DEPTH + " values inside one another");
        }
        if (++values > MAX_VALUES) {
            throw new RtmpProtocolException("a command has more than " + MAX_VALUES + " values");
        }
        int type = in.get() & 0xFF;
        return switch (type) {
            case NUMBER -> in.getDouble();
            case BOOLEAN -> in.get() != 0;
            case STRING -> text(in.getShort() & 0xFFFF);
            case LONG_STRING, XML -> text(in.getInt());
            case OBJECT -> object(depth);
            case TYPED_OBJECT -> {
                text(in.getShort() & 0xFFFF);
                yield object(depth);
            }
            case ECMA_ARRAY -> {
                // The stated number of entries is a hint; the end marker counts.
                in.getInt();
                yield object(depth);
            }
            case STRICT_ARRAY -> array(depth);
            case DATE -> {
                skip(DATE_BYTES);
                yield null;
            }
            case NULL, UNDEFINED, UNSUPPORTED -> null;
            default -> throw new RtmpProtocolException("a command has a value of the unknown type " + type);
        };
    }

    private String text(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void skip(int bytes) {
        text(bytes);
    }

    private Map<String, @Nullable Object> object(int depth) throws RtmpProtocolException {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        while (true) {
            String name = text(in.getShort() & 0xFFFF);
            if (name.isEmpty() && in.hasRemaining() && in.get(in.position()) == OBJECT_END) {
                in.get();
                return entries;
            }
            entries.put(name, value(depth + 1));
        }
    }

    private List<@Nullable Object> array(int depth) throws RtmpProtocolException {
        int length = in.getInt();
        // Each value has a byte at least.
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            all.add(value(depth + 1));
        }
        return all;
    }

    /** Writes values of the types that {@link #read} gives. */
    static byte[] write(@Nullable Object... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object value : values) {
            write(out, value);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, @Nullable Object value) {
        switch (value) {
            case null -> out.write(NULL);
            case Number number -> {
                out.write(NUMBER);
                out.writeBytes(ByteBuffer.allocate(Double.BYTES)
                        .putDouble(number.doubleValue())
                        .array());
            }
            case Boolean bool -> {
                out.write(BOOLEAN);
                out.write(bool ? 1 : 0);
            }
            case String text -> {
                out.write(STRING);
                name(out, text);
            }
            case Map<?, ?> map -> {
                out.write(OBJECT);
                map.forEach((key, entry) -> {
                    name(out, String.valueOf(key));
                    write(out, entry);
                });
                name(out, "");
                out.write(OBJECT_END);
            }
            default -> throw new IllegalArgumentException("no AMF value: " + value.getClass());
        }
    }

    private static void name(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes.length >> 8);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }
}
