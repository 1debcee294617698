package io.framequota.cli.results;

import io.framequota.cli.terminal.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A result being written to an {@link OutputFile}, of which complete gzip members can be kept at any time. A name that ends in
 * {@code .gz} gets the members as they are, any other name the lines. One thread writes; {@link #lines} may be asked by any.
 */
public final class ResultFile implements AutoCloseable {
    private final OutputFile output;
    private final OutputStream file;
    private final boolean compressed;
    private GzipMemberParser members = new GzipMemberParser(new Sink());
    private long textBytes;
    private long textLines;
    private long keptBytes;
    private volatile long keptLines;

    /**
     * Starts to write.
     *
     * @param output is closed with it
     * @param name that says which form is wanted
     */
    public ResultFile(OutputFile output, String name) {
        this.output = output;
        this.file = output.stream();
        this.compressed = name.endsWith(".gz");
    }

    /** Drops what was taken so far. */
    public void restart() throws IOException {
        output.restart();
        members.close();
        members = new GzipMemberParser(new Sink());
        textBytes = 0;
        textLines = 0;
        keptBytes = 0;
        keptLines = 0;
    }

    /** Takes everything that a stream of gzip members gives, until it ends. */
    public void takeFrom(InputStream in) throws IOException {
        byte[] bytes = new byte[1 << 16];
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
            if (compressed) {
                file.write(bytes, 0, n);
            }
            members.follow(bytes, 0, n);
        }
    }

    /** Lines in complete members so far. */
    public long lines() {
        return keptLines;
    }

    /** Bytes that {@link #keep} would keep. */
    public long bytes() {
        return keptBytes;
    }

    /** Cuts what is incomplete and gives the rest its name. */
    public void keep() throws IOException {
        output.keep(keptBytes);
    }

    /** Drops what was not kept. */
    @Override
    public void close() throws IOException {
        members.close();
        output.close();
    }

    private final class Sink implements GzipMemberParser.Sink {
        @Override
        public void text(byte[] bytes, int length) throws IOException {
            if (!compressed) {
                file.write(bytes, 0, length);
            }
            textBytes += length;
            for (int i = 0; i < length; i++) {
                textLines += bytes[i] == '\n' ? 1 : 0;
            }
        }

        @Override
        public void memberEnded(long bytes) {
            keptBytes = compressed ? bytes : textBytes;
            keptLines = textLines;
        }
    }
}
