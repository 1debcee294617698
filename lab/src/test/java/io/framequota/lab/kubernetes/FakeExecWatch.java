package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** An attached pod whose orders are kept and whose output the test writes. */
final class FakeExecWatch implements ExecWatch {
    private final ByteArrayOutputStream orders = new ByteArrayOutputStream();
    private final PipedInputStream output = new PipedInputStream();
    private final PipedOutputStream burner;

    FakeExecWatch() {
        try {
            burner = new PipedOutputStream(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String orders() {
        return orders.toString(StandardCharsets.US_ASCII);
    }

    void say(String line) {
        try {
            burner.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            burner.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
    public void close() {
        try {
            burner.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletableFuture<Integer> exitCode() {
        return new CompletableFuture<>();
    }
}
