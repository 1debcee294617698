package io.framequota.media.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * How large the list of files in a zip archive claims to be, read before a library reads that list into memory (APPNOTE 4.3.14 to
 * 4.3.16).
 *
 * @param entries files and folders
 * @param bytes of the list
 */
record ZipDirectory(long entries, long bytes) {
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int END_BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int END64_BYTES = 56;
    private static final int MAX_COMMENT = 0xffff;
    private static final long IN_RECORD64 = 0xffff_ffffL;

    /** The largest claim of any end record in the place of one, since a reader may take any of them; zeros when there is none. */
    static ZipDirectory of(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, in.size() - END_BYTES - MAX_COMMENT - LOCATOR_BYTES);
            ByteBuffer tail = read(in, from, (int) (in.size() - from));
            ZipDirectory largest = new ZipDirectory(0, 0);
            for (int at = tail.limit() - END_BYTES; at >= 0; at--) {
                if (tail.getInt(at) == END) {
                    largest = largest.or(claim(in, tail, at));
                }
            }
            return largest;
        }
    }

    private static ZipDirectory claim(FileChannel in, ByteBuffer tail, int at) throws IOException {
        ZipDirectory small = new ZipDirectory(
                Short.toUnsignedLong(tail.getShort(at + 10)), Integer.toUnsignedLong(tail.getInt(at + 12)));
        if (at < LOCATOR_BYTES || tail.getInt(at - LOCATOR_BYTES) != LOCATOR64) {
            return small;
        }
        Optional<ZipDirectory> large = large(in, tail.getLong(at - LOCATOR_BYTES + 8));
        return large.map(l -> small.bytes == IN_RECORD64 ? new ZipDirectory(small.entries, 0).or(l) : small.or(l))
                .orElse(small);
    }

    private static Optional<ZipDirectory> large(FileChannel in, long at) throws IOException {
        if (at < 0 || at > in.size() - END64_BYTES) {
            return Optional.empty();
        }
        ByteBuffer end = read(in, at, END64_BYTES);
        return end.getInt(0) == END64
                ? Optional.of(new ZipDirectory(unsigned(end.getLong(32)), unsigned(end.getLong(40))))
                : Optional.empty();
    }

    private static long unsigned(long value) {
        return value < 0 ? Long.MAX_VALUE : value;
    }

    private ZipDirectory or(ZipDirectory other) {
        return new ZipDirectory(Math.max(entries, other.entries), Math.max(bytes, other.bytes));
    }

    private static ByteBuffer read(FileChannel in, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && in.read(bytes, from + bytes.position()) >= 0) {
            // Until the buffer is full or the file ends.
        }
        return bytes.flip();
    }
}
