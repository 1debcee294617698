package io.framequota.local.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests a page from a loopback port and reads the status only, which takes less time than an HTTP client while JVMs start. */
public final class HttpProbe {
    private static final int TIMEOUT_MS = 1000;
    private final int port;
    private final byte[] request;

    public HttpProbe(int port, String path) {
        this.port = port;
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the answer is 200. */
    public boolean isUp() {
        return status() == 200;
    }

    /** The status of the answer, 0 when there is none within a second. */
    int status() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            String status = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            return status.matches("HTTP/1.1 [0-9]{3}") ? Integer.parseInt(status.substring(9)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
