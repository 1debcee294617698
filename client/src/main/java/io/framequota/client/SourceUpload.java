package io.framequota.client;

import io.framequota.common.failure.Failure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The upload of a local source: of a regular file, the size that it had in the beginning; of a pipe or a device, everything.
 * Tells errors of the source from errors of the server.
 */
final class SourceUpload implements AutoCloseable {
    private final Source.LocalFile source;
    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
    private InputStream opened = InputStream.nullInputStream();

    SourceUpload(Source.LocalFile source) {
        this.source = source;
    }

    /** The body for one request. */
    BodyPublisher body() throws IOException {
        Path path = source.path();
        if (Source.STANDARD_INPUT.contains(path)) {
            return BodyPublishers.ofInputStream(() -> new Reading(System.in, -1));
        }
        InputStream in = Files.newInputStream(path);
        opened = in;
        long size = Files.isRegularFile(path) ? Files.size(path) : 0;
        if (size == 0) {
            return BodyPublishers.ofInputStream(() -> new Reading(in, -1));
        }
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> new Reading(in, size)), size);
    }

    /**
     * Checks that the source could be read.
     *
     * @throws Failure wrong use: it could not
     */
    void check() {
        String words = trouble.get();
        if (words != null) {
            throw Failure.use("cannot read " + source.text() + ": " + words);
        }
    }

    @Override
    public void close() {
        try {
            opened.close();
        } catch (IOException e) {
            // Nothing was written to it.
        }
    }

    /** The part of the source that is uploaded. */
    private final class Reading extends FilterInputStream {
        private long left;

        /** @param size bytes to read, -1 for all */
        Reading(InputStream in, long size) {
            super(in);
            this.left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                int n = in.read(bytes, offset, left < 0 ? length : (int) Math.min(left, length));
                if (left > 0 && n < 0) {
                    throw new IOException("it became shorter while it was read");
                }
                if (left > 0) {
                    left -= n;
                } else if (left == 0) {
                    return -1;
                }
                return n;
            } catch (IOException e) {
                trouble.set(Failure.words(e));
                // An end of the stream would look like the end of the source.
                throw new UncheckedIOException(e);
            }
        }
    }
}
