package io.framequota.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive of files that is made while it is read, without a copy on disk or in memory. Files are stored, because pictures are
 * compressed already; each is read twice, because its checksum comes first. For one thread.
 */
final class StoredZipStream extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final Iterator<PictureFolder.Item> files;
    private final ByteArrayOutputStream made = new ByteArrayOutputStream(2 * BUFFER);
    private final ZipOutputStream zip = new ZipOutputStream(made);
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable InputStream file;
    private byte[] ready = {};
    private int at;
    private boolean complete;
    private String reading = "";

    StoredZipStream(Iterator<PictureFolder.Item> files) {
        this.files = files;
    }

    /** Name of the file that is being read. */
    String reading() {
        return reading;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (at == ready.length) {
            if (complete) {
                return -1;
            }
            step();
            ready = made.toByteArray();
            made.reset();
            at = 0;
        }
        int n = Math.min(length, ready.length - at);
        System.arraycopy(ready, at, bytes, offset, n);
        at += n;
        return n;
    }

    private void step() throws IOException {
        InputStream open = file;
        if (open != null) {
            int n = open.read(buffer);
            if (n > 0) {
                zip.write(buffer, 0, n);
            } else {
                endFile(open);
            }
        } else if (files.hasNext()) {
            begin(files.next());
        } else {
            zip.close();
            complete = true;
        }
    }

    private void begin(PictureFolder.Item next) throws IOException {
        reading = next.name();
        ZipEntry entry = new ZipEntry(next.name());
        entry.setMethod(ZipEntry.STORED);
        entry.setTime(Files.getLastModifiedTime(next.path()).toMillis());
        describe(entry, next.path());
        zip.putNextEntry(entry);
        file = Files.newInputStream(next.path());
    }

    private void describe(ZipEntry entry, Path path) throws IOException {
        CRC32 sum = new CRC32();
        long size = 0;
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sum.update(buffer, 0, n);
                size += n;
            }
        }
        entry.setSize(size);
        entry.setCompressedSize(size);
        entry.setCrc(sum.getValue());
    }

    private void endFile(InputStream open) throws IOException {
        open.close();
        file = null;
        try {
            zip.closeEntry();
        } catch (ZipException e) {
            throw new IOException("it changed while it was read", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
