package io.framequota.analysis.format;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Bytes of a file that knows how many there are. Closing it closes nothing. */
final class ParquetBytes extends FilterOutputStream {
    private long position;

    ParquetBytes(OutputStream out) {
        super(new BufferedOutputStream(out, 1 << 16));
    }

    long position() {
        return position;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        position += length;
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
