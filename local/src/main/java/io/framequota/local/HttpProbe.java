package io.framequota.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a port of this machine for a page and looks at the status alone: cheaper than an HTTP client during a start. */
final class HttpProbe {
    private static final int LIMIT_MS = 1000;
    private final int port;
    private final byte[] request;

    HttpProbe(int port, String path) {
        this.port = port;
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether it answers 200. */
    boolean isUp() {
        return status() == 200;
    }

    /** The status that it answers with, 0 when it does not answer in time. */
    int status() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            String status = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            return status.matches("HTTP/1.1 [0-9]{3}") ? Integer.parseInt(status.substring(9)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
