package io.framequota.media.container;

import io.framequota.contract.frame.Projection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes into an MP4 file that its video is a 360° video, in both forms that players read: version 1 is XML in a box of the track and
 * says equirectangular only; version 2 is the boxes st3d and sv3d of the sample entry.
 *
 * <p>The file's index, the box moov, must be behind the media, where it can grow without moving anything. Sizes of 64 bits are read, so
 * a file may have more than 4 GB.
 */
public final class SphericalMetadata {
    /** ffcc8263-f855-4a93-8814-587a02521fdd */
    private static final byte[] VERSION_1 = ByteBuffer.allocate(16)
            .putLong(0xffcc8263f8554a93L)
            .putLong(0x8814587a02521fddL)
            .array();

    private static final String XML = """
            <?xml version="1.0"?><rdf:SphericalVideo
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/">\
            <GSpherical:Spherical>true</GSpherical:Spherical>\
            <GSpherical:Stitched>true</GSpherical:Stitched>\
            <GSpherical:StitchingSoftware>Framequota</GSpherical:StitchingSoftware>\
            <GSpherical:ProjectionType>equirectangular</GSpherical:ProjectionType></rdf:SphericalVideo>""";

    /** Bytes of a sample description in front of its entries, and of a video's entry in front of its boxes. */
    private static final int BEFORE_ENTRIES = 8;

    private static final int BEFORE_ENTRY_BOXES = 78;
    private static final int MOST_INDEX = 1 << 30;

    /** Which forms are written. */
    public enum Version {
        BOTH,
        ONE,
        TWO
    }

    private SphericalMetadata() {}

    /** Whether there is metadata for a projection: for equirect and cubemap. */
    public static boolean canState(Projection projection) {
        return projection == Projection.EQUIRECT || projection == Projection.CUBEMAP;
    }

    /**
     * Writes the metadata for the file's video tracks.
     *
     * @param projection one that can be stated
     * @throws IOException when the file is no such MP4 file or cannot be written
     */
    public static void write(Path mp4, Projection projection, Version version) throws IOException {
        try (FileChannel file = FileChannel.open(mp4, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = index(file);
            long length = file.size() - at;
            if (length > MOST_INDEX) {
                throw new IOException("the index has " + length + " bytes, more than " + MOST_INDEX);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            readFully(file, bytes, at);
            Mp4Box moov = new Mp4Box("file", bytes.array()).children(0).getFirst();
            ByteBuffer out = ByteBuffer.wrap(stating(moov, projection, version).bytes());
            for (long to = at; out.hasRemaining(); ) {
                to += file.write(out, to);
            }
            file.truncate(at + out.limit());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Where the index begins, which is the last box. */
    private static long index(FileChannel file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(16);
        for (long at = 0; at + 8 <= file.size(); ) {
            header.clear().limit((int) Math.min(16, file.size() - at));
            readFully(file, header, at);
            header.flip();
            long size = Integer.toUnsignedLong(header.getInt());
            String type = Mp4Box.type(header);
            if (size == 1 && header.remaining() == 8) {
                size = header.getLong();
            } else if (size == 0) {
                size = file.size() - at;
            }
            if (size < 8 || size > file.size() - at) {
                throw new IOException("box " + type + " has a wrong size");
            }
            if (type.equals("moov") && at + size == file.size()) {
                return at;
            }
            at += size;
        }
        throw new IOException("the index is not at the end of the file");
    }

    private static void readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int read = file.read(into, from);
            if (read < 0) {
                throw new EOFException("the file ends early");
            }
            from += read;
        }
    }

    private static Mp4Box stating(Mp4Box moov, Projection projection, Version version) throws IOException {
        return moov.map(
                0, boxes -> each(boxes, "trak", track -> isVideo(track) ? track(track, projection, version) : track));
    }

    private static boolean isVideo(Mp4Box track) throws IOException {
        for (Mp4Box media : track.children(0)) {
            for (Mp4Box box : media.is("mdia") ? media.children(0) : List.<Mp4Box>of()) {
                if (box.is("hdlr") && box.content().length >= 12) {
                    return new String(box.content(), 8, 4, StandardCharsets.ISO_8859_1).equals("vide");
                }
            }
        }
        return false;
    }

    private static Mp4Box track(Mp4Box track, Projection projection, Version version) throws IOException {
        return track.map(0, boxes -> {
            List<Mp4Box> all = new ArrayList<>(
                    version == Version.ONE ? boxes : each(boxes, "mdia", media -> inside(media, projection)));
            if (version != Version.TWO && projection == Projection.EQUIRECT) {
                byte[] xml = XML.getBytes(StandardCharsets.UTF_8);
                all.add(new Mp4Box(
                        "uuid",
                        ByteBuffer.allocate(VERSION_1.length + xml.length)
                                .put(VERSION_1)
                                .put(xml)
                                .array()));
            }
            return all;
        });
    }

    private static Mp4Box inside(Mp4Box media, Projection projection) throws IOException {
        return media.map(
                0,
                a -> each(
                        a,
                        "minf",
                        information -> information.map(
                                0,
                                b -> each(
                                        b,
                                        "stbl",
                                        table ->
                                                table.map(0, c -> each(c, "stsd", d -> description(d, projection)))))));
    }

    private static Mp4Box description(Mp4Box description, Projection projection) throws IOException {
        return description.map(
                BEFORE_ENTRIES,
                entries -> entries.stream().map(e -> entry(e, projection)).toList());
    }

    private static Mp4Box entry(Mp4Box entry, Projection projection) {
        try {
            return entry.map(BEFORE_ENTRY_BOXES, boxes -> {
                List<Mp4Box> all = new ArrayList<>(boxes);
                all.removeIf(b -> b.is("st3d") || b.is("sv3d"));
                all.add(Mp4Box.full("st3d", new byte[1]));
                all.add(version2(projection));
                return all;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mp4Box version2(Projection projection) {
        byte[] software = "Framequota\0".getBytes(StandardCharsets.UTF_8);
        Mp4Box shape = projection == Projection.EQUIRECT
                ? Mp4Box.full("equi", new byte[16])
                : Mp4Box.full("cbmp", new byte[8]);
        return Mp4Box.of(
                "sv3d",
                List.of(
                        Mp4Box.full("svhd", software),
                        Mp4Box.of("proj", List.of(Mp4Box.full("prhd", new byte[12]), shape))));
    }

    @FunctionalInterface
    private interface Change {
        Mp4Box apply(Mp4Box box) throws IOException;
    }

    private static List<Mp4Box> each(List<Mp4Box> boxes, String type, Change change) {
        return boxes.stream()
                .map(box -> {
                    try {
                        return box.is(type) ? change.apply(box) : box;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }
}
