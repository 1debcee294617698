package io.framequota.ingest.api;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code multipart/form-data} (RFC 7578) from a stream, part after part, with one buffer. For one thread. */
final class MultipartReader {
    private static final int BUFFER = 128 * 1024;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int MAX_FIELD = 16 * 1024;
    /** A submission has at most 64 labels and a few other parts. */
    private static final int MAX_PARTS = 128;
    /** Limit on all fields and all headers together. */
    private static final int MAX_TOTAL = 256 * 1024;

    private static final Pattern BOUNDARY = Pattern.compile("boundary=(?:\"([^\"]{1,70})\"|([^;\\s]{1,70}))");
    /**
     * One part, to be read before the next one is requested.
     *
     * @param fileName null for a plain field
     */
    record Part(String name, @Nullable String fileName, InputStream body) {}

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    private boolean ended;
    private @Nullable PartBody current;
    private int parts;
    private int total;

    private MultipartReader(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first delimiter follows no line break. With one in front of it, it looks like the others.
        buffer[0] = '\r';
        buffer[1] = '\n';
        to = 2;
    }

    /** @param contentType the request's {@code Content-Type} header */
    static MultipartReader of(InputStream in, @Nullable String contentType) {
        Matcher m = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!m.find()) {
            throw malformed("the Content-Type names no boundary");
        }
        return new MultipartReader(in, m.group(1) == null ? m.group(2) : m.group(1));
    }

    /** The next part, empty after the last. */
    Optional<Part> next() throws IOException {
        PartBody before = current == null ? new PartBody() : current;
        before.skipAll();
        if (ended) {
            return Optional.empty();
        }
        parts++;
        if (parts > MAX_PARTS) {
            throw malformed("it has more than " + MAX_PARTS + " parts");
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
            addToTotal(header.length());
            if (length > MAX_HEADERS) {
                throw malformed("a part's headers are too long");
            }
            if (header.toLowerCase(Locale.ROOT).startsWith("content-disposition:")) {
                disposition = header;
            }
        }
        String name = parameter(disposition, "name");
        if (name == null) {
            throw malformed("a part has no name");
        }
        PartBody body = new PartBody();
        current = body;
        return Optional.of(new Part(name, parameter(disposition, "filename"), body));
    }

    /**
     * The value of the plain field that {@link #next} returned last.
     *
     * @throws RejectedRequestException when it is too long, or all fields together are
     */
    String text(Part field) throws IOException {
        byte[] bytes = field.body().readNBytes(MAX_FIELD + 1);
        if (bytes.length > MAX_FIELD) {
            throw malformed("field " + field.name() + " is longer than " + MAX_FIELD + " bytes");
        }
        addToTotal(bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void addToTotal(int bytes) {
        total += bytes;
        if (total > MAX_TOTAL) {
            throw malformed("its fields and headers together are longer than " + MAX_TOTAL + " bytes");
        }
    }

    /** A parameter of a header: a token, or a quoted string in which a backslash escapes a quotation mark or a backslash. */
    private static @Nullable String parameter(String header, String wanted) {
        int at = header.indexOf(';');
        while (at >= 0 && at < header.length()) {
            int equals = header.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String name = header.substring(at + 1, equals).strip();
            StringBuilder value = new StringBuilder();
            int i = equals + 1;
            boolean quoted = i < header.length() && header.charAt(i) == '"';
            boolean open = quoted;
            for (i += quoted ? 1 : 0; i < header.length(); i++) {
                char c = header.charAt(i);
                char next = i + 1 < header.length() ? header.charAt(i + 1) : 0;
                if (open && c == '\\' && (next == '"' || next == '\\')) {
                    value.append(next);
                    i++;
                } else if (open && c == '"') {
                    open = false;
                } else if (!open && c == ';') {
                    break;
                } else if (open || !quoted) {
                    value.append(c);
                }
            }
            if (open) {
                throw malformed("a quoted name has no end");
            }
            if (name.equalsIgnoreCase(wanted)) {
                String latin = quoted ? value.toString() : value.toString().strip();
                return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            }
            at = i;
        }
        return null;
    }

    /** Reads more bytes into the buffer. Returns false at the end of the stream. */
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
                // The closing delimiter may come without a line break.
                String line = new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
                from = to;
                if (line.startsWith("--")) {
                    return line;
                }
                throw truncated();
            }
        }
    }

    /** The bytes up to the next delimiter. */
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
                int safe = safeBytes();
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
                    throw truncated();
                }
            }
        }

        /** Number of bytes at the front of the buffer that certainly belong to the part. 0 when a delimiter may begin there. */
        private int safeBytes() {
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
            byte[] ignored = new byte[8192];
            while (read(ignored, 0, ignored.length) >= 0) {
                // skips the rest of the part
            }
        }
    }

    private static IOException truncated() {
        return new IOException("the request ends within a part");
    }

    private static RejectedRequestException malformed(String what) {
        return RejectedRequestException.malformed("the multipart request cannot be read: " + what);
    }
}
