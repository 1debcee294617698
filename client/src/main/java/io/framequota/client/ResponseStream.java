package io.framequota.client;

import io.framequota.common.failure.Failure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An answer's body whose reader can tell the server's going away from trouble with its own files. */
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
            throw Failure.work("the server at " + server + " went away in the middle of its answer");
        }
    }
}
