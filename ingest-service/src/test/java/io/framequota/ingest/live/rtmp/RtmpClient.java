package io.framequota.ingest.live.rtmp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A publisher made by hand. */
final class RtmpClient implements AutoCloseable {
    private final Socket socket;
    private final RtmpChunkReader reader;
    private final RtmpChunkWriter writer;

    RtmpClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        reader = new RtmpChunkReader(socket.getInputStream());
        writer = new RtmpChunkWriter(socket.getOutputStream());
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    RtmpClient handshake() throws IOException {
        byte[] hello = new byte[1537];
        hello[0] = 3;
        writer.raw(hello);
        writer.flush();
        reader.bytes(1 + 2 * 1536);
        writer.raw(new byte[1536]);
        writer.flush();
        return this;
    }

    RtmpClient connect() throws IOException {
        handshake();
        command("connect", 1.0, Map.of("app", "live"));
        answer("_result");
        writer.enlarge();
        return this;
    }

    /** @return the code of the answer */
    String publish(String key) throws IOException {
        connect();
        command("createStream", 2.0, null);
        answer("_result");
        command("publish", 3.0, null, key, "live");
        Object status = answer("onStatus").get(3);
        return status instanceof Map<?, ?> map ? String.valueOf(map.get("code")) : "";
    }

    void command(@Nullable Object... values) throws IOException {
        write(RtmpMessage.COMMAND, 0, Amf0.write(values));
    }

    void write(int type, long time, byte[] body) throws IOException {
        writer.write(new RtmpMessage(type, 1, time, body));
        writer.flush();
    }

    /** Waits for a command; null when the connection was closed before it. */
    List<@Nullable Object> answer(String name) throws IOException {
        while (true) {
            RtmpMessage message = reader.next();
            if (message == null) {
                throw new java.io.EOFException("closed before " + name);
            }
            if (message.type() == RtmpMessage.SET_CHUNK_SIZE) {
                reader.chunkSize(RtmpChunkWriter.CHUNK);
            }
            if (message.type() == RtmpMessage.COMMAND) {
                List<@Nullable Object> values = Amf0.read(message.body(), 0);
                if (name.equals(values.getFirst())) {
                    return values;
                }
            }
        }
    }

    /** Waits for a message of a type. */
    RtmpMessage await(int type) throws IOException {
        RtmpMessage message = reader.next();
        while (message != null && message.type() != type) {
            message = reader.next();
        }
        if (message == null) {
            throw new java.io.EOFException("closed before a message of type " + type);
        }
        return message;
    }

    /** Waits until the other side has closed the connection. */
    boolean isClosed() throws IOException {
        try {
            while (reader.next() != null) {
                // What was on its way.
            }
            return true;
        } catch (java.io.EOFException | java.net.SocketException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    /** A picture that looks like H.264 from outside. */
    static byte[] picture(boolean key, int bytes) {
        byte[] body = new byte[Math.max(5, bytes)];
        body[0] = (byte) (key ? 0x17 : 0x27);
        body[1] = 1;
        return body;
    }

    static byte[] configuration() {
        return new byte[] {0x17, 0, 0, 0, 0, 1, 2, 3};
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
