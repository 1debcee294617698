package io.framequota.client;

import io.framequota.common.failure.Failure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A response body whose read errors are {@link Failure}s, unlike the errors of the file to which it is copied. */
final class ResponseStream extends FilterInputStream {
    private final String server;

    ResponseStream(InputStream in, String server) {
        super(in);
        this.server = server;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            if (e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw Failure.work("the server at " + server + " closed the connection in the middle of its response");
        }
    }
}
