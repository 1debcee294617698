package io.framequota.ingest.live.rtmp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of an RTMP connection together from its chunks. Memory for a message grows with the bytes that have arrived, not with
 * those that its header announces. For one thread.
 */
final class RtmpChunkReader {
    /** Of chunks, in bytes; encoders use 128 to 65,536. */
    static final int MAX_CHUNK = 1 << 20;

    /** Of messages that are no video, in bytes. */
    static final int MAX_OTHER = 64 * 1024;

    /** Messages that arrive at the same time. */
    static final int MAX_STREAMS = 16;

    private static final int DEFAULT_CHUNK = 128;
    private static final int EXTENDED = 0xFFFFFF;
    private static final int BUFFER = 64 * 1024;

    /** What later chunks of the same chunk stream leave out. */
    private static final class ChunkStream {
        private long timestamp;
        private long delta;
        private boolean extended;
        private long extendedValue;
        private int length;
        private int type;
        private int stream;
        private byte[] body = {};
        private int filled;
        private boolean inside;
    }

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    private long received;
    private int chunkSize = DEFAULT_CHUNK;
    private int maxVideo = MAX_OTHER;
    private final Map<Integer, ChunkStream> streams = new HashMap<>();
    /** Bytes of messages that are not complete. */
    private int pending;

    RtmpChunkReader(InputStream in) {
        this.in = in;
    }

    /** Bytes read so far. */
    long received() {
        return received - (to - from);
    }

    /** Lets messages with video be larger than others; before that, whoever sends is not known yet. */
    void allowVideo(int maxBytes) {
        maxVideo = maxBytes;
    }

    /** @throws RtmpProtocolException when chunks may not be so large */
    void chunkSize(long size) throws RtmpProtocolException {
        if (size < 1 || size > MAX_CHUNK) {
            throw new RtmpProtocolException("chunks of " + size + " bytes; 1 to " + MAX_CHUNK + " are allowed");
        }
        chunkSize = (int) size;
    }

    /** Forgets the part of a message that has arrived. */
    void abort(int chunkStream) {
        ChunkStream stream = streams.get(chunkStream);
        if (stream != null) {
            pending -= stream.filled;
            stream.inside = false;
            stream.filled = 0;
            stream.body = new byte[0];
        }
    }

    /** Reads exactly so many bytes, for the handshake. */
    byte[] bytes(int number) throws IOException {
        byte[] bytes = new byte[number];
        read(bytes, 0, number);
        return bytes;
    }

    /**
     * Waits for the next complete message.
     *
     * @return null when the connection was closed between two messages
     */
    @Nullable
    RtmpMessage next() throws IOException {
        while (true) {
            if (from == to && !fill()) {
                return null;
            }
            RtmpMessage message = chunk();
            if (message != null) {
                return message;
            }
        }
    }

    private @Nullable RtmpMessage chunk() throws IOException {
        int first = one();
        int format = first >> 6;
        int id = first & 0x3F;
        if (id == 0) {
            id = 64 + one();
        } else if (id == 1) {
            id = 64 + one() + (one() << 8);
        }
        ChunkStream stream = streams.get(id);
        if (stream == null) {
            if (streams.size() >= MAX_STREAMS) {
                throw new RtmpProtocolException("more than " + MAX_STREAMS + " chunk streams");
            }
            if (format == 3) {
                throw new RtmpProtocolException("a chunk continues nothing");
            }
            stream = new ChunkStream();
            streams.put(id, stream);
        }
        header(stream, format);
        return body(stream);
    }

    private void header(ChunkStream stream, int format) throws IOException {
        if (stream.inside && format != 3) {
            throw new RtmpProtocolException("a message begins inside another one");
        }
        if (format < 3) {
            long time = number(3);
            if (format < 2) {
                stream.length = (int) number(3);
                stream.type = one();
            }
            if (format == 0) {
                stream.stream = one() | one() << 8 | one() << 16 | one() << 24;
            }
            stream.extended = time == EXTENDED;
            if (stream.extended) {
                time = number(4);
                stream.extendedValue = time;
            }
            stream.delta = format == 0 ? 0 : time;
            stream.timestamp = format == 0 ? time : stream.timestamp;
        } else if (stream.extended && peek() == stream.extendedValue) {
            // Not all encoders repeat the long time in each chunk.
            number(4);
        }
        if (!stream.inside) {
            begin(stream);
        }
    }

    private void begin(ChunkStream stream) throws RtmpProtocolException {
        int most = stream.type == RtmpMessage.VIDEO ? maxVideo : MAX_OTHER;
        if (stream.length > most) {
            throw new RtmpProtocolException(
                    "a message of type " + stream.type + " with " + stream.length + " bytes; " + most + " are allowed");
        }
        stream.timestamp = stream.timestamp + stream.delta & 0xFFFFFFFFL;
        stream.filled = 0;
        stream.body = new byte[Math.min(stream.length, chunkSize)];
        stream.inside = true;
    }

    private @Nullable RtmpMessage body(ChunkStream stream) throws IOException {
        int part = Math.min(chunkSize, stream.length - stream.filled);
        if (pending + part > Math.max(maxVideo, 2 * MAX_OTHER) + MAX_OTHER) {
            throw new RtmpProtocolException("too many messages at the same time");
        }
        if (stream.body.length < stream.filled + part) {
            int larger = Math.max(stream.filled + part, Math.min(stream.length, 2 * stream.body.length));
            stream.body = Arrays.copyOf(stream.body, larger);
        }
        read(stream.body, stream.filled, part);
        stream.filled += part;
        pending += part;
        if (stream.filled < stream.length) {
            return null;
        }
        pending -= stream.filled;
        stream.inside = false;
        byte[] body = stream.body;
        stream.body = new byte[0];
        stream.filled = 0;
        return new RtmpMessage(stream.type, stream.stream, stream.timestamp, body);
    }

    private int one() throws IOException {
        if (from == to && !fill()) {
            throw new EOFException();
        }
        return buffer[from++] & 0xFF;
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | one();
        }
        return value;
    }

    /** The next four bytes as a number, which stay to be read. */
    private long peek() throws IOException {
        while (to - from < 4) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
            int read = in.read(buffer, to, BUFFER - to);
            if (read < 0) {
                throw new EOFException();
            }
            to += read;
            received += read;
        }
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | buffer[from + i] & 0xFF;
        }
        return value;
    }

    private void read(byte[] into, int at, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (from == to && !fill()) {
                throw new EOFException();
            }
            int part = Math.min(length - done, to - from);
            System.arraycopy(buffer, from, into, at + done, part);
            from += part;
            done += part;
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = 0;
        int read = in.read(buffer, 0, BUFFER);
        if (read < 0) {
            return false;
        }
        to = read;
        received += read;
        return true;
    }
}
