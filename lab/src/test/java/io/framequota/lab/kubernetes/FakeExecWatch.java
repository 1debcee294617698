package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** An attached pod whose orders are kept and whose output the test writes. */
final class FakeExecWatch implements ExecWatch {
    private final ByteArrayOutputStream orders = new ByteArrayOutputStream();
    private final BlockingQueue<Byte> said = new LinkedBlockingQueue<>();

    /** A piped stream would break as soon as a thread that wrote to it has ended. */
    private final InputStream output = new InputStream() {
        @Override
        public int read() throws IOException {
            try {
                return said.take() & 0xff;
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            bytes[offset] = (byte) read();
            return 1;
        }
    };

    String orders() {
        return orders.toString(StandardCharsets.US_ASCII);
    }

    void say(String line) {
        for (byte b : (line + "\n").getBytes(StandardCharsets.US_ASCII)) {
            said.add(b);
        }
    }

    @Override
    public OutputStream getInput() {
        return orders;
    }

    @Override
    public InputStream getOutput() {
        return output;
    }

    @Override
    public InputStream getError() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorChannel() {
        return InputStream.nullInputStream();
    }

    @Override
    public void resize(int columns, int rows) {}

    @Override
    public void close() {}

    @Override
    public CompletableFuture<Integer> exitCode() {
        return new CompletableFuture<>();
    }
}
