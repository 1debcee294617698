package io.framequota.common.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads UTF-8 text files. It skips a byte order mark and refuses other encodings with the line where they show, because reading
 * them anyway would silently produce wrong names.
 */
public final class Utf8Files {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8Files() {}

    /** Thrown for a file that is not UTF-8. The message is one line: the file's name, the line, the problem and the remedy. */
    public static final class NotUtf8 extends Exception {
        private static final long serialVersionUID = 1L;

        private final long line;
        private final String problem;

        NotUtf8(String name, long line, String problem) {
            super(name + ", line " + line + ": " + problem + "; save it as UTF-8");
            this.line = line;
            this.problem = problem;
        }

        /** The line of the file, from 1. */
        public long line() {
            return line;
        }

        /** What is wrong in the line, as in {@code the byte 0xE9 is not UTF-8}. */
        public String problem() {
            return problem;
        }

        /** The message, never null. */
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * The text of a file.
     *
     * @throws NotUtf8 when it has another encoding
     * @throws IOException when it cannot be read
     */
    public static String read(Path file) throws IOException, NotUtf8 {
        return decode(String.valueOf(file.getFileName()), Files.readAllBytes(file));
    }

    /**
     * Decodes the bytes of a file.
     *
     * @param name of the file, for the message
     * @throws NotUtf8 when they have another encoding
     */
    public static String decode(String name, byte[] bytes) throws NotUtf8 {
        if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)) {
            throw new NotUtf8(name, 1, "the text is UTF-16");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw new NotUtf8(
                    name, line(text), String.format("the byte 0x%02X is not UTF-8", bytes[in.position()] & 0xFF));
        }
        int zero = text.indexOf('\0');
        if (zero >= 0) {
            // UTF-16 without a byte order mark is UTF-8 with zeros as long as its letters are ASCII.
            throw new NotUtf8(
                    name,
                    line(text.substring(0, zero)),
                    "there is a zero byte, as in UTF-16 or in a file that is not text");
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static long line(String before) {
        return 1 + before.chars().filter(c -> c == '\n').count();
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes.length >= 2 && (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
    }
}
