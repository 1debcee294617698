package io.framequota.media.decode.ffmpeg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Measures the texts and profiles of a PNG picture. FFmpeg would decompress them whatever their size. */
final class PngTextSize {
    private static final int SIGNATURE = 8;
    private static final long MAGIC = 0x89504E470D0A1A0AL;
    private static final int ZTXT = 0x7A545874;
    private static final int ITXT = 0x69545874;
    private static final int TEXT = 0x74455874;
    private static final int ICCP = 0x69434350;
    private static final int EXIF = 0x65584966;

    private PngTextSize() {}

    /**
     * What was counted.
     *
     * @param entries number of texts and profiles
     * @param bytes of the texts and profiles, uncompressed
     */
    record Size(long entries, long bytes) {}

    /**
     * Measures a picture.
     *
     * @param most counting stops beyond so many bytes
     */
    static Size of(ByteBuffer png, long most) {
        long all = 0;
        long entries = 0;
        int at = SIGNATURE;
        while (at + 12 <= png.limit() && all <= most) {
            long length = Integer.toUnsignedLong(png.getInt(at));
            int type = png.getInt(at + 4);
            int from = at + 8;
            if (length > png.limit() - from) {
                length = png.limit() - from;
            }
            int end = from + (int) length;
            entries += isText(type) ? 1 : 0;
            all += switch (type) {
                case TEXT, EXIF -> length;
                case ZTXT, ICCP -> uncompressed(png, behindStrings(png, from, end, 1) + 1, end, most);
                case ITXT -> length + international(png, from, end, most);
                default -> 0;
            };
            at = end + 4;
        }
        return new Size(entries, all);
    }

    private static boolean isText(int type) {
        return type == TEXT || type == ZTXT || type == ITXT || type == ICCP || type == EXIF;
    }

    /**
     * Counts the texts and profiles of a file that is not opened yet, because opening decompresses them; 0 for other formats.
     *
     * @param most counting stops beyond this number
     */
    static long entries(Path picture, long most) throws IOException {
        try (FileChannel file = FileChannel.open(picture, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(8);
            long entries = 0;
            if (file.read(head, 0) < 8 || head.getLong(0) != MAGIC) {
                return 0;
            }
            for (long at = SIGNATURE; entries <= most && file.read(head.clear(), at) == 8; ) {
                entries += isText(head.getInt(4)) ? 1 : 0;
                at += 12 + Integer.toUnsignedLong(head.getInt(0));
            }
            return entries;
        }
    }

    /** An iTXt chunk has keyword, compression flag, method, language and translated keyword in front of its text. */
    private static long international(ByteBuffer png, int from, int end, long most) {
        int flag = behindStrings(png, from, end, 1);
        if (flag >= end || png.get(flag) == 0) {
            return 0;
        }
        return uncompressed(png, behindStrings(png, flag + 2, end, 2), end, most);
    }

    private static int behindStrings(ByteBuffer png, int from, int end, int strings) {
        int at = from;
        for (int left = strings; left > 0 && at < end; at++) {
            left -= png.get(at) == 0 ? 1 : 0;
        }
        return at;
    }

    private static long uncompressed(ByteBuffer png, int from, int end, long most) {
        if (from >= end) {
            return 0;
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(png.slice(from, end - from));
            byte[] discarded = new byte[64 * 1024];
            long bytes = 0;
            while (bytes <= most) {
                int n = inflater.inflate(discarded);
                if (n == 0) {
                    break;
                }
                bytes += n;
            }
            return bytes;
        } catch (DataFormatException e) {
            // FFmpeg stops at the same byte.
            return 0;
        } finally {
            inflater.end();
        }
    }
}
