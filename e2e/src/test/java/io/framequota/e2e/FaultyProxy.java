package io.framequota.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A TCP proxy on loopback that delays, stalls, resets and refuses. Bytes are never changed: TCP does not do so either. */
final class FaultyProxy implements AutoCloseable {
    /** What happens to connections. */
    enum Mode {
        PASS,
        /** Every piece of data waits. */
        SLOW,
        /** Connections stay open and nothing passes, as when the other machine has gone without a word. */
        STALLED,
        /** New connections get an answer of another protocol, and end. */
        ERRORS
    }

    private static final int BUFFER = 64 * 1024;
    private static final long SLOW_MILLIS = 120;
    private static final byte[] ERROR =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;

    /** @param target port on loopback */
    FaultyProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void mode(Mode next) {
        mode = next;
    }

    /** Resets every connection; what is on its way is lost. */
    void reset() {
        open.forEach(FaultyProxy::abort);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // It is closed, or this connection ended at once.
            }
        }
    }

    private void serve(Socket client) {
        open.add(client);
        Socket server = new Socket();
        open.add(server);
        try {
            if (mode == Mode.ERRORS) {
                client.getOutputStream().write(ERROR);
                return;
            }
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> pump(server, client));
            pump(client, server);
            back.join();
        } catch (IOException e) {
            abort(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(server);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (mode == Mode.SLOW) {
                    TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
                }
                while (mode == Mode.STALLED && !from.isClosed()) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                out.write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            abort(from);
            abort(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void abort(Socket socket) {
        try {
            // Without lingering, closing sends a reset.
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as it can be.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        reset();
    }
}
