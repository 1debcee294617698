package io.framequota.client;

import io.framequota.common.text.FileNames;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The upload of a local source: of a regular file, the size that it had in the beginning; of a pipe or a device, everything.
 * Tells errors of the source from errors of the server.
 */
final class SourceUpload implements Upload {
    private final Source.LocalFile source;
    private final SourceReading reading = new SourceReading();
    private InputStream opened = InputStream.nullInputStream();

    SourceUpload(Source.LocalFile source) {
        this.source = source;
    }

    @Override
    public String text() {
        return source.text();
    }

    @Override
    public String fileName() {
        return FileNames.shown(source.fileName());
    }

    @Override
    public BodyPublisher body() throws IOException {
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

    @Override
    public boolean stop() {
        return reading.stop();
    }

    @Override
    public void check() {
        reading.check(source.text());
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
            return reading.next(() -> part(bytes, offset, length), () -> "");
        }

        private int part(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, left < 0 ? length : (int) Math.min(left, length));
            if (left == 0) {
                return -1;
            }
            if (left > 0 && n < 0) {
                throw new IOException("it became shorter while it was read");
            }
            left -= left > 0 ? n : 0;
            return n;
        }
    }
}
