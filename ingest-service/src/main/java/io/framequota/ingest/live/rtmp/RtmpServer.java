package io.framequota.ingest.live.rtmp;

import io.framequota.ingest.config.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Accepts RTMP connections and gives each a thread. Bounded in connections, in all and for each address. */
final class RtmpServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RtmpServer.class);
    private static final int BACKLOG = 128;
    private static final long SWEEP_MS = 1000;

    private final ServerSocket socket;
    private final StreamKeys keys;
    private final RtmpBounds bounds;
    private final RefusalLog refusals;
    private final Set<RtmpConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Begins to listen.
     *
     * @param port 0 for any that is free
     * @throws IOException when the port cannot be had
     */
    RtmpServer(InetAddress host, int port, StreamKeys keys, RtmpBounds bounds, RefusalLog refusals) throws IOException {
        this.keys = keys;
        this.bounds = bounds;
        this.refusals = refusals;
        socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(host, port), BACKLOG);
        Threads.virtual("rtmp-accept", this::accept).start();
        Threads.virtual("rtmp-sweep", this::sweep).start();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Number of connections. */
    int connections() {
        return open.size();
    }

    private void accept() {
        while (!closed) {
            try {
                serve(socket.accept());
            } catch (IOException e) {
                if (!closed) {
                    LOG.warnf("an RTMP connection could not be accepted: %s", e.getMessage());
                    pause();
                }
            }
        }
    }

    private void serve(Socket client) throws IOException {
        String from = client.getInetAddress().getHostAddress();
        int ofOne = byAddress.merge(from, 1, Integer::sum);
        if (ofOne > bounds.connectionsOfOne() || open.size() >= bounds.connections()) {
            left(from);
            client.close();
            refusals.log(
                    from,
                    ofOne > bounds.connectionsOfOne()
                            ? "more than " + bounds.connectionsOfOne() + " connections from one address"
                            : "more than " + bounds.connections() + " connections");
            return;
        }
        try {
            RtmpConnection connection = new RtmpConnection(client, keys, bounds, refusals);
            open.add(connection);
            Threads.virtual("rtmp-" + from, () -> run(connection)).start();
        } catch (IOException e) {
            // The client is gone already.
            left(from);
            client.close();
        }
    }

    private void run(RtmpConnection connection) {
        try {
            connection.run();
        } catch (RuntimeException e) {
            LOG.errorf(e, "an RTMP connection from %s failed", connection.from());
        } finally {
            connection.close();
            open.remove(connection);
            left(connection.from());
        }
    }

    private void left(String from) {
        byAddress.computeIfPresent(from, (_, number) -> number > 1 ? number - 1 : null);
    }

    private void sweep() {
        while (!closed) {
            pause();
            open.forEach(RtmpConnection::closeIfLate);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(SWEEP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as it can be.
        }
        open.forEach(RtmpConnection::close);
    }
}
