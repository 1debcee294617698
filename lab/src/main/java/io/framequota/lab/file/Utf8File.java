package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text as the world writes it: UTF-8, with a byte order mark or without. */
final class Utf8File {
    private static final char BYTE_ORDER_MARK = '\ufeff';
    private static final String REMEDY = "; allowed: UTF-8, save it so";

    /**
     * Reads a file without its byte order mark.
     *
     * @param shown what it is called in complaints
     * @throws InvalidExperimentException naming the line when it is not UTF-8
     */
    static String read(Path file, String shown) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length >= 2 && isUtf16(bytes[0] & 0xff, bytes[1] & 0xff)) {
            throw new InvalidExperimentException(shown + ":1: the text is UTF-16" + REMEDY);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult end = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        if (end.isError()) {
            throw new InvalidExperimentException(shown + ":" + line(bytes, in.position())
                    + String.format(": the byte 0x%02X is not UTF-8", bytes[in.position()]) + REMEDY);
        }
        String text = out.flip().toString();
        int zero = text.indexOf('\0');
        if (zero >= 0) {
            byte[] before = text.substring(0, zero).getBytes(StandardCharsets.UTF_8);
            throw new InvalidExperimentException(shown + ":" + line(before, before.length)
                    + ": there is a zero byte, as in UTF-16 or in a file that is no text" + REMEDY);
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static boolean isUtf16(int first, int second) {
        return first == 0xff && second == 0xfe || first == 0xfe && second == 0xff;
    }

    private static int line(byte[] bytes, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return line;
    }

    private Utf8File() {}
}
