package io.framequota.cli.results;

import io.framequota.cli.terminal.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A result that is being written to an {@link OutputFile} and whose complete gzip members can be kept at any time. A file whose name
 * ends in {@code .gz} gets the members, any other file the uncompressed lines. One thread writes; any may call {@link #lines}.
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
     * Starts writing.
     *
     * @param output closed with this object
     * @param name of the file, which decides whether the result stays compressed
     */
    public ResultFile(OutputFile output, String name) {
        this.output = output;
        this.file = output.stream();
        this.compressed = name.endsWith(".gz");
    }

    /** Drops the result so far. */
    public void restart() throws IOException {
        output.restart();
        members.close();
        members = new GzipMemberParser(new Sink());
        textBytes = 0;
        textLines = 0;
        keptBytes = 0;
        keptLines = 0;
    }

    /** Reads a stream of gzip members to its end. */
    public void takeFrom(InputStream in) throws IOException {
        byte[] bytes = new byte[1 << 16];
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
            if (compressed) {
                file.write(bytes, 0, n);
            }
            members.follow(bytes, 0, n);
        }
    }

    /** Number of lines in complete members so far. */
    public long lines() {
        return keptLines;
    }

    /** Number of bytes that {@link #keep} would deliver. */
    public long bytes() {
        return keptBytes;
    }

    /** Delivers the complete members. */
    public void keep() throws IOException {
        output.keep(keptBytes);
    }

    /** Removes a result that was not kept. */
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
