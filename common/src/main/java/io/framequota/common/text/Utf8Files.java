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

    /** A file is not UTF-8. The message is one line: the file's name, the place and the remedy. */
    public static final class NotUtf8 extends Exception {
        private static final long serialVersionUID = 1L;

        NotUtf8(String message) {
            super(message);
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
            throw new NotUtf8(name + " is in UTF-16, not in UTF-8: save it as UTF-8");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        String text = out.flip().toString();
        long line = 1 + text.chars().filter(c -> c == '\n').count();
        if (result.isError()) {
            throw new NotUtf8(name + ", line " + line + ": not UTF-8, perhaps Latin-1: save it as UTF-8");
        }
        int zero = text.indexOf('\0');
        if (zero >= 0) {
            // UTF-16 without a byte order mark is UTF-8 with zeros as long as its letters are ASCII.
            throw new NotUtf8(name + ", line "
                    + (1
                            + text.substring(0, zero)
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count())
                    + ": not UTF-8, perhaps UTF-16: save it as UTF-8");
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static boolean startsWith(byte[] bytes, int first, int second) {
        return bytes.length >= 2 && (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
    }
}
