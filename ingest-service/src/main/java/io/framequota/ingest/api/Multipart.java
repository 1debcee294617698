package io.framequota.ingest.api;

import io.framequota.ingest.job.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578) from a stream, part after part, holding one buffer. Not for several threads.
 */
final class Multipart {
    private static final int BUFFER = 128 * 1024;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_FIELD = 64 * 1024;
    private static final Pattern BOUNDARY = Pattern.compile("boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70}))");
    private static final Pattern NAME = Pattern.compile("[;\\s]name=(?:\"([^\"]*)\"|([^;\\s]*))");
    private static final Pattern FILE_NAME = Pattern.compile("[;\\s]filename=(?:\"([^\"]*)\"|([^;\\s]*))");

    /**
     * One part; to be read before the next is asked for.
     *
     * @param fileName null for a plain field
     */
    record Part(String name, @Nullable String fileName, InputStream body) {
        /** The value of a plain field. */
        String text() throws IOException {
            byte[] bytes = body.readNBytes(MAX_FIELD + 1);
            if (bytes.length > MAX_FIELD) {
                throw malformed("field " + name + " is longer than " + MAX_FIELD + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    private boolean ended;
    private @Nullable PartBody current;

    private Multipart(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first delimiter has no line break before it; with one put there it is like the others.
        buffer[0] = '\r';
        buffer[1] = '\n';
        to = 2;
    }

    /** @param contentType as the request's header says it */
    static Multipart of(InputStream in, @Nullable String contentType) {
        Matcher m = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!m.find()) {
            throw malformed("the Content-Type names no boundary");
        }
        return new Multipart(in, m.group(1) == null ? m.group(2) : m.group(1));
    }

    /** The next part; empty behind the last. */
    Optional<Part> next() throws IOException {
        PartBody before = current == null ? new PartBody() : current;
        before.skipAll();
        if (ended) {
            return Optional.empty();
        }
        String rest = line();
        if (rest.startsWith("--")) {
            ended = true;
            return Optional.empty();
        }
        String disposition = "";
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            length += header.length();
            if (length > MAX_HEADERS) {
                throw malformed("a part's headers are too long");
            }
            if (header.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
                disposition = header;
            }
        }
        String name = value(NAME, disposition);
        if (name == null) {
            throw malformed("a part has no name");
        }
        PartBody body = new PartBody();
        current = body;
        return Optional.of(new Part(name, value(FILE_NAME, disposition), body));
    }

    private static @Nullable String value(Pattern pattern, String header) {
        Matcher m = pattern.matcher(header);
        if (!m.find()) {
            return null;
        }
        String latin = m.group(1) == null ? m.group(2) : m.group(1);
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Reads on behind what is in the buffer; false at the stream's end. */
    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        int n = in.read(buffer, to, buffer.length - to);
        if (n < 0) {
            return false;
        }
        to += n;
        return true;
    }

    private String line() throws IOException {
        int searched = 0;
        while (true) {
            for (int i = from + searched; i + 1 < to; i++) {
                if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
                    String line = new String(buffer, from, i - from, StandardCharsets.ISO_8859_1);
                    from = i + 2;
                    return line;
                }
            }
            searched = Math.max(0, to - from - 1);
            if (to - from > MAX_HEADERS) {
                throw malformed("a part's header is too long");
            }
            if (!fill()) {
                // The closing delimiter need not be followed by a line break.
                String line = new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
                from = to;
                if (line.startsWith("--")) {
                    return line;
                }
                throw cutShort();
            }
        }
    }

    /** Bytes up to the next delimiter. */
    private final class PartBody extends InputStream {
        private boolean done;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (done || length == 0) {
                return done ? -1 : 0;
            }
            while (true) {
                int safe = untilDelimiter();
                if (safe > 0) {
                    int n = Math.min(safe, length);
                    System.arraycopy(buffer, from, target, offset, n);
                    from += n;
                    return n;
                }
                if (to - from >= delimiter.length) {
                    from += delimiter.length;
                    done = true;
                    return -1;
                }
                if (!fill()) {
                    throw cutShort();
                }
            }
        }

        /** How many bytes at the buffer's front are the part's for sure; 0 when it begins with the delimiter, or may. */
        private int untilDelimiter() {
            for (int i = from; i < to; i++) {
                if (buffer[i] == '\r') {
                    int n = Math.min(delimiter.length, to - i);
                    if (Arrays.equals(buffer, i, i + n, delimiter, 0, n)) {
                        return i - from;
                    }
                }
            }
            return to - from;
        }

        private void skipAll() throws IOException {
            byte[] nothing = new byte[8192];
            while (read(nothing, 0, nothing.length) >= 0) {
                // only to get behind it
            }
        }
    }

    private static IOException cutShort() {
        return new IOException("the request ends before its last part does");
    }

    private static Refusal malformed(String what) {
        return new Refusal(Refusal.Kind.MALFORMED, "the multipart request cannot be read: " + what);
    }
}
