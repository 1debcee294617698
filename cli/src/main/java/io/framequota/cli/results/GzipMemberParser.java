package io.framequota.cli.results;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Follows a stream of gzip members as its bytes pass and knows where the last complete member ended: what lies before is
 * a result that any gzip reader takes. Members are inflated on the way, and checked. Not for use by several threads.
 */
final class GzipMemberParser implements AutoCloseable {
    private enum Part {
        HEADER,
        BODY,
        TRAILER
    }

    private static final int HEADER = 10;
    private static final int TRAILER = 8;

    private final Sink sink;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] text = new byte[1 << 15];
    private final byte[] small = new byte[HEADER];
    private Part part = Part.HEADER;
    private int have;
    private long seen;

    /** Hears what passes. */
    interface Sink {
        /** Some inflated text of the current member. */
        void text(byte[] bytes, int length) throws IOException;

        /** The current member is complete and its checksum right; {@code bytes} of the stream end with it. */
        void memberEnded(long bytes);
    }

    GzipMemberParser(Sink sink) {
        this.sink = sink;
    }

    /** Follows the next bytes of the stream. */
    void follow(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int used = switch (part) {
                case HEADER -> header(bytes, at, end);
                case BODY -> body(bytes, at, end);
                case TRAILER -> trailer(bytes, at, end);
            };
            at += used;
            seen += used;
            if (part == Part.HEADER && have == 0) {
                sink.memberEnded(seen);
            }
        }
    }

    private int header(byte[] bytes, int at, int end) throws IOException {
        int used = collect(bytes, at, end, HEADER);
        if (have == HEADER) {
            if (small[0] != 0x1f || (small[1] & 0xff) != 0x8b || small[2] != 8 || small[3] != 0) {
                throw new IOException("the result is not a series of plain gzip members");
            }
            part = Part.BODY;
            have = 0;
        }
        return used;
    }

    private int body(byte[] bytes, int at, int end) throws IOException {
        inflater.setInput(bytes, at, end - at);
        try {
            while (!inflater.needsInput() && !inflater.finished()) {
                int inflated = inflater.inflate(text);
                crc.update(text, 0, inflated);
                sink.text(text, inflated);
            }
        } catch (DataFormatException e) {
            throw new IOException("a member of the result is damaged: " + e.getMessage(), e);
        }
        int used = end - at - inflater.getRemaining();
        if (inflater.finished()) {
            part = Part.TRAILER;
        }
        return used;
    }

    private int trailer(byte[] bytes, int at, int end) throws IOException {
        int used = collect(bytes, at, end, TRAILER);
        if (have == TRAILER) {
            long stated = 0;
            for (int i = 3; i >= 0; i--) {
                stated = stated << 8 | small[i] & 0xff;
            }
            if (stated != crc.getValue()) {
                throw new IOException("a member of the result is damaged: its checksum is wrong");
            }
            inflater.reset();
            crc.reset();
            part = Part.HEADER;
            have = 0;
        }
        return used;
    }

    private int collect(byte[] bytes, int at, int end, int wanted) {
        int used = Math.min(wanted - have, end - at);
        System.arraycopy(bytes, at, small, have, used);
        have += used;
        return used;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
