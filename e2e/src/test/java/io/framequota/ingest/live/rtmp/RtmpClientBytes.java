package io.framequota.ingest.live.rtmp;

import io.framequota.media.decode.SourceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;

/** Bytes of an RTMP client, and a connection that receives them without a network. */
final class RtmpClientBytes {
    private static final String KEY = "a-key-of-a-job";
    private static final int HANDSHAKE = 1536;

    private RtmpClientBytes() {}

    static byte[] handshake() {
        byte[] bytes = new byte[1 + 2 * HANDSHAKE];
        bytes[0] = 3;
        return bytes;
    }

    /** What a publisher says and sends after the handshake. */
    static byte[] session() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RtmpChunkWriter writer = new RtmpChunkWriter(bytes);
        writer.write(command(Amf0.write("connect", 1.0, Map.of("app", "live"))));
        writer.enlarge();
        writer.write(command(Amf0.write("createStream", 2.0, null)));
        writer.write(command(Amf0.write("publish", 3.0, null, KEY, "live")));
        writer.write(new RtmpMessage(RtmpMessage.VIDEO, 1, 0, new byte[] {0x17, 0, 0, 0, 0, 1, 66, 0, 30}));
        for (int i = 0; i < 4; i++) {
            byte[] picture = new byte[200];
            picture[0] = (byte) (i == 0 ? 0x17 : 0x27);
            picture[1] = 1;
            writer.write(new RtmpMessage(RtmpMessage.VIDEO, 1, 33L * i, picture));
            writer.write(new RtmpMessage(RtmpMessage.AUDIO, 1, 33L * i, new byte[20]));
        }
        writer.write(new RtmpMessage(RtmpMessage.USER_CONTROL, 0, 0, new byte[] {0, 6, 0, 0, 0, 1}));
        writer.write(command(Amf0.write("deleteStream", 5.0, null, 1.0)));
        writer.flush();
        return bytes.toByteArray();
    }

    private static RtmpMessage command(byte[] body) {
        return new RtmpMessage(RtmpMessage.COMMAND, 0, 0, body);
    }

    /** Runs a connection over these bytes to its end, with a job that waits for the key. */
    static void receive(byte[] bytes) throws IOException, SourceException, InterruptedException {
        StreamKeys keys = new StreamKeys(KeyPolicy.LAST_WINS, Duration.ofMinutes(1), true, _ -> false);
        try (AutoCloseable reserved = keys.reserve(KEY)) {
            RtmpBounds bounds = new RtmpBounds(1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1));
            RtmpConnection connection = new RtmpConnection(new Wire(bytes), keys, bounds, new RefusalLog());
            // A refusal waits for half a second, except in a thread that was interrupted.
            Thread.currentThread().interrupt();
            try {
                connection.run();
            } finally {
                Thread.interrupted();
            }
        } catch (IOException | SourceException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A socket whose other side has said everything. */
    private static final class Wire extends Socket {
        private final InputStream in;

        Wire(byte[] bytes) {
            in = new ByteArrayInputStream(bytes);
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void setTcpNoDelay(boolean on) {}

        @Override
        public void setSoTimeout(int millis) {}

        @Override
        public void shutdownOutput() {}
    }
}
