package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Counts the comments of an Ogg file. Each stream states the number of its comments in one number. */
final class OggCommentCheck {
    /** The part of the file that is searched: all streams begin at its head, where comments of many megabytes may follow. */
    private static final long HEAD = 16L << 20;

    private static final int MAGIC = 8;
    private static final int BEGIN_OF_STREAM = 2;

    private final SourceLimits limits;
    private final String name;
    private final Map<Integer, Packet> packets = new HashMap<>();
    private long entries;

    /** The part of a stream's current packet that was read. */
    private static final class Packet {
        final byte[] first = new byte[MAGIC + 4];
        long length;
        /** Position of the number of comments; 0 while it is unknown. */
        long numberAt;

        long number;

        /** Number of the stream's packets before this one. */
        long before;

        boolean flac;
        boolean speex;

        /** Position of the vendor string, which is in front of the number of comments; below 0 for other packets. */
        int vendorAt() {
            String magic = new String(first, 0, MAGIC, StandardCharsets.ISO_8859_1);
            if (before == 0) {
                flac = magic.startsWith("\u007fFLAC");
                speex = magic.equals("Speex   ");
            }
            if (magic.equals("OpusTags")) {
                return 8;
            }
            if (magic.startsWith("\u0081theora")
                    || magic.startsWith("\u0003vorbis")
                    || magic.startsWith("OVP80\u0002 ")) {
                return 7;
            }
            // The head of a FLAC block is its type and three bytes of length.
            return flac && (first[0] & 0x7F) == 4 ? 4 : speex && before == 1 ? 0 : -1;
        }

        void restart() {
            length = 0;
            numberAt = 0;
            number = 0;
        }
    }

    private OggCommentCheck(SourceLimits limits, String name) {
        this.limits = limits;
        this.name = name;
    }

    /** @throws SourceException when there are more comments than the limits allow */
    static void check(Path video, SourceLimits limits) throws SourceException, IOException {
        OggCommentCheck comments = new OggCommentCheck(limits, String.valueOf(video.getFileName()));
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(video), 1 << 16))) {
            comments.pages(in);
        } catch (EOFException e) {
            // The file has ended.
        }
    }

    private void pages(DataInputStream in) throws IOException, SourceException {
        long read = 0;
        int four = 0;
        while (read < HEAD) {
            four = four << 8 | in.readUnsignedByte();
            read++;
            if (four == 0x4F676753) {
                read += page(in);
                four = 0;
            }
        }
    }

    private long page(DataInputStream in) throws IOException, SourceException {
        in.skipNBytes(1);
        boolean begins = (in.readUnsignedByte() & BEGIN_OF_STREAM) != 0;
        in.skipNBytes(8);
        int serial = in.readInt();
        in.skipNBytes(8);
        byte[] lengths = new byte[in.readUnsignedByte()];
        in.readFully(lengths);
        Packet packet = packets.computeIfAbsent(serial, s -> new Packet());
        limits.checkTracks(name, packets.size());
        if (begins) {
            packet.restart();
            packet.before = 0;
        }
        long all = 23L + lengths.length;
        for (byte length : lengths) {
            byte[] segment = new byte[length & 0xFF];
            in.readFully(segment);
            all += segment.length;
            for (byte b : segment) {
                take(packet, b & 0xFF);
            }
            if (segment.length < 255) {
                packet.restart();
                packet.before++;
            }
        }
        return all;
    }

    private void take(Packet packet, int b) throws SourceException {
        long at = packet.length++;
        if (at < packet.first.length) {
            packet.first[(int) at] = (byte) b;
            if (at == packet.first.length - 1) {
                int from = packet.vendorAt();
                packet.numberAt = from < 0 ? 0 : from + 4 + little(packet.first, from);
            }
        }
        long digit = at - packet.numberAt;
        if (packet.numberAt > 0 && digit >= 0 && digit < 4) {
            packet.number |= (long) b << 8 * digit;
            if (digit == 3) {
                entries += packet.number;
                limits.checkEntries(name, entries);
            }
        }
    }

    private static long little(byte[] bytes, int at) {
        long value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }
}
