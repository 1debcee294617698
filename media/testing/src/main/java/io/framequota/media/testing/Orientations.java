package io.framequota.media.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** Writes orientations into files, byte by byte, as cameras do. */
public final class Orientations {
    private Orientations() {}

    /** A JPEG file with its orientation in an APP1 segment. */
    public static Path jpeg(Path folder, int orientation) throws IOException, InterruptedException {
        Path plain = Ffmpeg.make(
                folder.resolve("plain.jpg"), "-i " + Quadrants.ppm(folder, orientation) + " -q:v 2 -pix_fmt yuvj444p");
        return exif(plain, orientation, folder.resolve("o" + orientation + ".jpg"));
    }

    /** The same JPEG picture with an orientation. */
    public static Path exif(Path jpeg, int orientation, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(jpeg);
        byte[] exif = exif(orientation);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, 2);
        out.write(new byte[] {(byte) 0xFF, (byte) 0xE1});
        out.write(ByteBuffer.allocate(2).putShort((short) (exif.length + 8)).array());
        out.write("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        out.write(exif);
        out.write(bytes, 2, bytes.length - 2);
        return Files.write(file, out.toByteArray());
    }

    /** A PNG file with its orientation in an eXIf chunk. */
    public static Path png(Path folder, int orientation) throws IOException, InterruptedException {
        Path plain = Ffmpeg.make(folder.resolve("plain.png"), "-i " + Quadrants.ppm(folder, orientation));
        byte[] bytes = Files.readAllBytes(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // After the signature and IHDR.
        out.write(bytes, 0, 33);
        out.write(pngChunk("eXIf", exif(orientation)));
        out.write(bytes, 33, bytes.length - 33);
        return Files.write(folder.resolve("o" + orientation + ".png"), out.toByteArray());
    }

    public static byte[] pngChunk(String type, byte[] body) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + body.length);
        chunk.putInt(body.length);
        chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(body);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + body.length);
        return chunk.putInt((int) crc.getValue()).array();
    }

    /** A WebP file with its orientation in an EXIF chunk. */
    public static Path webp(Path folder, int orientation) throws IOException, InterruptedException {
        Path plain = Ffmpeg.make(
                folder.resolve("plain.webp"),
                "-i " + Quadrants.ppm(folder, orientation) + " -c:v libwebp -pix_fmt yuv420p -quality 95");
        byte[] bytes = Files.readAllBytes(plain);
        byte[] exif = exif(orientation);
        ByteBuffer out = ByteBuffer.allocate(bytes.length + 18 + 8 + exif.length + exif.length % 2)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put(bytes, 0, 12);
        out.put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0x08);
        put24(out, Quadrants.width(orientation) - 1);
        put24(out, Quadrants.height(orientation) - 1);
        out.put(bytes, 12, bytes.length - 12);
        out.put("EXIF".getBytes(StandardCharsets.US_ASCII)).putInt(exif.length).put(exif);
        out.putInt(4, out.capacity() - 8);
        return Files.write(folder.resolve("o" + orientation + ".webp"), out.array());
    }

    private static void put24(ByteBuffer out, int value) {
        out.put((byte) value).put((byte) (value >> 8)).put((byte) (value >> 16));
    }

    /** An uncompressed TIFF file that states its orientation. */
    public static Path tiff(Path folder, int orientation) throws IOException {
        byte[] rgb = Quadrants.stored(orientation);
        int[][] tags = {
            {256, 4, 1, Quadrants.width(orientation)},
            {257, 4, 1, Quadrants.height(orientation)},
            {258, 3, 3, 8},
            {259, 3, 1, 1},
            {262, 3, 1, 2},
            {273, 4, 1, 0},
            {274, 3, 1, orientation},
            {277, 3, 1, 3},
            {278, 4, 1, Quadrants.height(orientation)},
            {279, 4, 1, rgb.length}
        };
        int bits = 8 + 2 + tags.length * 12 + 4;
        int pixels = bits + 6;
        ByteBuffer out = ByteBuffer.allocate(pixels + rgb.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) tags.length);
        for (int[] tag : tags) {
            out.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]);
            out.putInt(tag[0] == 258 ? bits : tag[0] == 273 ? pixels : tag[3]);
        }
        out.putInt(0)
                .putShort((short) 8)
                .putShort((short) 8)
                .putShort((short) 8)
                .put(rgb);
        return Files.write(folder.resolve("o" + orientation + ".tif"), out.array());
    }

    /** An AVIF file with the properties irot and imir, by the same rule as EXIF's numbers. */
    public static Path avif(Path folder, int orientation) throws IOException, InterruptedException {
        Path plain = Ffmpeg.make(
                folder.resolve("plain.avif"),
                "-i " + Quadrants.ppm(folder, orientation)
                        + " -c:v libaom-av1 -cpu-used 8 -still-picture 1 -crf 10 -pix_fmt yuv444p");
        int turns = new int[] {0, 0, 0, 2, 0, 1, 3, 3, 1}[orientation];
        int mirror = new int[] {-1, -1, 1, -1, 0, 0, -1, 0, -1}[orientation];
        ByteArrayOutputStream boxes = new ByteArrayOutputStream();
        int added = 0;
        if (turns != 0) {
            boxes.write(Boxes.box("irot", new byte[] {(byte) turns}));
            added++;
        }
        if (mirror >= 0) {
            boxes.write(Boxes.box("imir", new byte[] {(byte) mirror}));
            added++;
        }
        byte[] file = withProperties(Files.readAllBytes(plain), boxes.toByteArray(), added);
        return Files.write(folder.resolve("o" + orientation + ".avif"), file);
    }

    /** Adds properties to the only item of a file whose meta box comes before its data. */
    private static byte[] withProperties(byte[] file, byte[] properties, int number) {
        int meta = Boxes.find(file, "meta", 0);
        int iprp = Boxes.find(file, "iprp", meta);
        int ipco = Boxes.find(file, "ipco", iprp);
        int ipma = Boxes.find(file, "ipma", ipco);
        int iloc = Boxes.find(file, "iloc", meta);
        ByteBuffer in = ByteBuffer.wrap(file);
        int there = 0;
        for (int at = ipco + 8; at < ipco + in.getInt(ipco); at += in.getInt(at)) {
            there++;
        }
        int grown = properties.length + number;
        ByteBuffer out = ByteBuffer.allocate(file.length + grown);
        int ipcoEnd = ipco + in.getInt(ipco);
        // ipma: size, type, version, entries, item (2 bytes), number of associations.
        int associations = ipma + 18;
        int has = file[associations];
        out.put(file, 0, ipcoEnd).put(properties).put(file, ipcoEnd, associations + 1 + has - ipcoEnd);
        for (int i = 1; i <= number; i++) {
            out.put((byte) (0x80 | there + i));
        }
        out.put(file, associations + 1 + has, file.length - associations - 1 - has);
        out.put(associations + properties.length, (byte) (has + number));
        out.putInt(meta, in.getInt(meta) + grown);
        out.putInt(iprp, in.getInt(iprp) + grown);
        out.putInt(ipco, in.getInt(ipco) + properties.length);
        out.putInt(ipma + properties.length, in.getInt(ipma) + number);
        // iloc, version 0, sizes 4 and 4: item, reference, number of extents, offset, length.
        int offset = iloc + 8 + 4 + 2 + 2 + 2 + 2 + 2;
        out.putInt(offset, in.getInt(offset) + grown);
        return out.array();
    }

    /** H.264 in MP4 with a display orientation SEI message (type 47) on each picture that others do not refer beyond. */
    public static Path h264(Path folder, int orientation) throws IOException, InterruptedException {
        Path plain = Ffmpeg.make(
                folder.resolve("plain" + orientation + ".h264"),
                "-loop 1 -r 10 -i " + Quadrants.ppm(folder, orientation)
                        + " -frames:v 12 -c:v libopenh264 -b:v 2M -g 6 -pix_fmt yuv420p");
        byte[] stream = Files.readAllBytes(plain);
        byte[] message = displayOrientation(orientation);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < stream.length; i++) {
            boolean start = i + 4 < stream.length
                    && stream[i] == 0
                    && stream[i + 1] == 0
                    && stream[i + 2] == 0
                    && stream[i + 3] == 1;
            if (start && (stream[i + 4] & 0x1F) == 5) {
                out.write(message);
            }
            out.write(stream[i]);
        }
        Path marked = Files.write(folder.resolve("marked" + orientation + ".h264"), out.toByteArray());
        return Ffmpeg.make(folder.resolve("o" + orientation + ".mp4"), "-r 10 -i " + marked + " -c copy");
    }

    /** The message: flips come first, then a rotation anticlockwise in units of 1/65,536 turn. */
    private static byte[] displayOrientation(int orientation) {
        int quarters = new int[] {0, 0, 0, 2, 0, 1, 3, 3, 1}[orientation];
        boolean horizontal = orientation == 2 || orientation == 5 || orientation == 7;
        boolean vertical = orientation == 4;
        // cancel (1 bit), two flips, turn (16 bits), repetition period 1 (010), no extension, then 1 to fill the byte.
        int bits = (horizontal ? 1 << 22 : 0) | (vertical ? 1 << 21 : 0) | quarters << 14 << 5 | 0b010 << 2 | 0b01;
        return new byte[] {0, 0, 0, 1, 6, 47, 3, (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits, (byte) 0x80};
    }

    /** An EXIF block with only the orientation. */
    private static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'I')
                .put((byte) 'I')
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 274)
                .putShort((short) 3)
                .putInt(1)
                .putInt(orientation)
                .putInt(0)
                .array();
    }
}
