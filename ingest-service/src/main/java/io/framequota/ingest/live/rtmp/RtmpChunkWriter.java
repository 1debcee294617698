package io.framequota.ingest.live.rtmp;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes messages of an RTMP connection as chunks. For one thread. */
final class RtmpChunkWriter {
    static final int CHUNK = 4096;

    private static final int CONTROL_STREAM = 2;
    private static final int COMMAND_STREAM = 3;
    private static final int MEDIA_STREAM = 6;
    private static final int EXTENDED = 0xFFFFFF;

    private final OutputStream out;
    private int chunkSize = 128;

    RtmpChunkWriter(OutputStream out) {
        this.out = new BufferedOutputStream(out, 2 * CHUNK);
    }

    /** Writes bytes as they are, for the handshake. */
    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Announces larger chunks and uses them from then on. */
    void enlarge() throws IOException {
        control(RtmpMessage.SET_CHUNK_SIZE, CHUNK);
        chunkSize = CHUNK;
    }

    /** A message whose body is one number. */
    void control(int type, int value) throws IOException {
        write(new RtmpMessage(type, 0, 0, number(value)));
    }

    void write(RtmpMessage message) throws IOException {
        byte[] body = message.body();
        int chunkStream = switch (message.type()) {
            case RtmpMessage.COMMAND -> COMMAND_STREAM;
            case RtmpMessage.AUDIO, RtmpMessage.VIDEO, RtmpMessage.DATA -> MEDIA_STREAM;
            default -> CONTROL_STREAM;
        };
        boolean extended = message.timestamp() >= EXTENDED;
        out.write(chunkStream);
        big(extended ? EXTENDED : message.timestamp(), 3);
        big(body.length, 3);
        out.write(message.type());
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(message.stream() >> shift);
        }
        int at = 0;
        do {
            if (at > 0) {
                out.write(3 << 6 | chunkStream);
            }
            if (extended) {
                big(message.timestamp(), 4);
            }
            int part = Math.min(chunkSize, body.length - at);
            out.write(body, at, part);
            at += part;
        } while (at < body.length);
    }

    void flush() throws IOException {
        out.flush();
    }

    static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    private void big(long value, int bytes) throws IOException {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (value >> 8 * i));
        }
    }
}
