package io.framequota.media.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds boxes of ISO base media files. */
public final class Boxes {
    private Boxes() {}

    public static byte[] box(String type, byte[]... bodies) {
        byte[] body = all(bodies);
        return ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .put(ascii(type))
                .put(body)
                .array();
    }

    /** A box with version and flags in front of its content. */
    public static byte[] full(String type, int versionAndFlags, byte[]... bodies) {
        return box(type, ints(versionAndFlags), all(bodies));
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] ints(int... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * 4);
        for (int v : values) {
            out.putInt(v);
        }
        return out.array();
    }

    public static byte[] shorts(int... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * 2);
        for (int v : values) {
            out.putShort((short) v);
        }
        return out.array();
    }

    public static byte[] all(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (byte[] part : parts) {
                out.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Position of the next box of a type at or after a position. */
    public static int find(byte[] file, String type, int from) {
        byte[] name = ascii(type);
        for (int i = from + 4; i + 4 <= file.length; i++) {
            if (Arrays.equals(file, i, i + 4, name, 0, 4)) {
                return i - 4;
            }
        }
        throw new IllegalArgumentException("no box " + type);
    }

    /** An MP4 file without pictures whose index states so many tracks and samples. */
    public static byte[] indexed(int tracks, int samplesEach, byte[]... inEachTrack) {
        byte[] table = box(
                "stbl",
                full(
                        "stsd",
                        0,
                        ints(1),
                        box("mp4v", new byte[6], shorts(1), new byte[16], shorts(64, 64), new byte[50])),
                full("stts", 0, ints(1, samplesEach, 1)),
                full("stsc", 0, ints(1, 1, samplesEach, 1)),
                full("stsz", 0, ints(1, samplesEach)),
                full("stco", 0, ints(1, 0)));
        byte[] media = box(
                "mdia",
                full("mdhd", 0, ints(0, 0, 1000, samplesEach, 0)),
                full("hdlr", 0, ints(0), ascii("vide"), new byte[13]),
                box("minf", full("vmhd", 1, new byte[8]), table));
        byte[][] boxes = new byte[tracks + 1][];
        boxes[0] = full("mvhd", 0, ints(0, 0, 1000, samplesEach), new byte[80]);
        for (int i = 1; i <= tracks; i++) {
            byte[] head = full("tkhd", 3, ints(0, 0, i, 0, samplesEach), new byte[60]);
            boxes[i] = box("trak", head, all(inEachTrack), media);
        }
        return all(box("ftyp", ascii("isom"), ints(512), ascii("isom")), box("moov", boxes));
    }
}
