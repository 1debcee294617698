package io.framequota.cli.results;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Parses a stream of gzip members incrementally and finds the end of the last complete member; all bytes before it are a valid gzip
 * file. Inflates the members and checks their checksums. Not thread-safe.
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

    /** Receives the content of the stream. */
    interface Sink {
        /** Receives a part of the inflated text of the current member. */
        void text(byte[] bytes, int length) throws IOException;

        /** The current member is complete and its checksum is correct; it ends after {@code bytes} of the stream. */
        void memberEnded(long bytes);
    }

    GzipMemberParser(Sink sink) {
        this.sink = sink;
    }

    /** Parses the next bytes of the stream. */
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
                throw new IOException("the result is not a sequence of plain gzip members");
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
