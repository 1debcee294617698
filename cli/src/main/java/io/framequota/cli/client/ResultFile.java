package io.framequota.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A result being written: into {@code NAME.part} while it comes, under its own name once it is kept. A name that ends in
 * {@code .gz} gets the gzip members as they are, any other name the lines. One thread writes; {@link #lines} may be asked
 * by any.
 */
public final class ResultFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final boolean compressed;
    // Not a channel: an interrupt, which is how a command is ended, would close it.
    private final RandomAccessFile file;
    private final Members members = new Members(new Sink());
    private long textBytes;
    private long textLines;
    private long keptBytes;
    private volatile long keptLines;
    private boolean done;

    /** Starts writing, in a folder that is made when it is missing; what lies under the part's name is replaced. */
    public ResultFile(Path target) throws IOException {
        this.target = target;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.compressed = target.toString().endsWith(".gz");
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        this.file = new RandomAccessFile(part.toFile(), "rw");
        file.setLength(0);
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
        if (!done) {
            done = true;
            file.setLength(keptBytes);
            file.close();
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Drops what was not kept. */
    @Override
    public void close() throws IOException {
        members.close();
        if (!done) {
            done = true;
            file.close();
            Files.deleteIfExists(part);
        }
    }

    private final class Sink implements Members.Sink {
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
