package io.framequota.media.decode.ffmpeg;

import static io.framequota.media.testing.Boxes.all;
import static io.framequota.media.testing.Boxes.ascii;
import static io.framequota.media.testing.Boxes.box;
import static io.framequota.media.testing.Boxes.find;
import static io.framequota.media.testing.Boxes.full;
import static io.framequota.media.testing.Boxes.ints;
import static io.framequota.media.testing.Boxes.shorts;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.FrameCursor;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.Quadrants;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture that is stored in tiles is decoded as one picture. */
class TiledPictureIT {
    private static final int TILE_WIDTH = Quadrants.WIDTH / 2;
    private static final int TILE_HEIGHT = Quadrants.HEIGHT / 2;

    @TempDir
    Path folder;

    @Test
    void composesTheTiles() throws Exception {
        Path file = Files.write(folder.resolve("tiles.avif"), tiled(Quadrants.WIDTH, Quadrants.HEIGHT, new byte[0], 0));

        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            assertThat(cursor.info().width()).isEqualTo(Quadrants.WIDTH);
            assertThat(cursor.info().expectedFrames()).isEqualTo(1);
            assertThat(cursor.next()).isTrue();
            Upright.assertUpright(cursor, "tiles");
            assertThat(cursor.damaged()).isFalse();
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.warnings()).isEmpty();
        }
    }

    @Test
    void cutsOffTilesAtTheEdgeOfThePicture() throws Exception {
        Path file = Files.write(folder.resolve("cropped.avif"), tiled(90, 50, new byte[0], 0));

        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.width()).isEqualTo(90);
            assertThat(cursor.height()).isEqualTo(50);
        }
    }

    @Test
    void orientsTheWholePicture() throws Exception {
        Path file = Files.write(
                folder.resolve("turned.avif"),
                tiled(Quadrants.WIDTH, Quadrants.HEIGHT, box("irot", new byte[] {1}), 1));

        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.width()).isEqualTo(Quadrants.HEIGHT);
            assertThat(cursor.height()).isEqualTo(Quadrants.WIDTH);
        }
    }

    @Test
    void reportsAMissingTileAsDamage() throws Exception {
        byte[] whole = tiled(Quadrants.WIDTH, Quadrants.HEIGHT, new byte[0], 0);
        Path file = Files.write(folder.resolve("cut.avif"), Arrays.copyOf(whole, whole.length - 8));

        try (FrameCursor cursor = FrameCursor.open(new FfmpegDecoder(), file)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.damaged()).isTrue();
            assertThat(cursor.warnings()).singleElement().asString().contains("1 frame is shown with errors");
        }
    }

    /** A file with item 1, the grid, and items 2 to 5, its tiles in rows. */
    private byte[] tiled(int width, int height, byte[] property, int properties) throws Exception {
        Path upright = Quadrants.ppm(folder, 1);
        byte[][] tiles = new byte[4][];
        byte[] configuration = new byte[0];
        for (int i = 0; i < 4; i++) {
            byte[] single = Files.readAllBytes(Ffmpeg.make(
                    folder.resolve("tile" + i + ".avif"),
                    "-i " + upright + " -vf crop=" + TILE_WIDTH + ":" + TILE_HEIGHT + ":" + (i % 2) * TILE_WIDTH + ":"
                            + (i / 2) * TILE_HEIGHT
                            + " -c:v libaom-av1 -cpu-used 8 -still-picture 1 -crf 10 -pix_fmt yuv444p"));
            int data = find(single, "mdat", 0);
            tiles[i] = Arrays.copyOfRange(single, data + 8, single.length);
            int av1c = find(single, "av1C", 0);
            configuration = Arrays.copyOfRange(
                    single, av1c, av1c + ByteBuffer.wrap(single).getInt(av1c));
        }
        byte[] ftyp = box("ftyp", ascii("avif"), ints(0), ascii("avifmif1miaf"));
        byte[] placed = meta(width, height, property, properties, configuration, tiles, 0);
        byte[] meta = meta(width, height, property, properties, configuration, tiles, ftyp.length + placed.length + 8);
        return all(ftyp, meta, box("mdat", tiles));
    }

    private static byte[] meta(
            int width, int height, byte[] property, int properties, byte[] configuration, byte[][] tiles, int data) {
        byte[][] items = new byte[5][];
        items[0] = full("infe", 2 << 24, shorts(1, 0), ascii("grid"), new byte[1]);
        for (int i = 1; i < 5; i++) {
            items[i] = full("infe", 2 << 24 | 1, shorts(i + 1, 0), ascii("av01"), new byte[1]);
        }
        // Offsets and lengths of 4 bytes each; the grid's own data lies in idat, construction method 1.
        byte[] places = all(shorts(1, 1, 0, 1), ints(0, 8));
        int at = data;
        for (int i = 0; i < 4; i++) {
            places = all(places, shorts(i + 2, 0, 0, 1), ints(at, tiles[i].length));
            at += tiles[i].length;
        }
        byte[] ofGrid = new byte[1 + 1 + properties];
        ofGrid[0] = (byte) (1 + properties);
        ofGrid[1] = 1;
        for (int i = 0; i < properties; i++) {
            ofGrid[2 + i] = (byte) (0x80 | 4 + i);
        }
        byte[] associations = all(ints(5), shorts(1), ofGrid);
        for (int i = 2; i <= 5; i++) {
            associations = all(associations, shorts(i), new byte[] {2, 2, (byte) 0x83});
        }
        return full(
                "meta",
                0,
                full("hdlr", 0, ints(0), ascii("pict"), new byte[13]),
                full("pitm", 0, shorts(1)),
                full("iloc", 1 << 24, new byte[] {0x44, 0x00}, shorts(5), places),
                full("iinf", 0, shorts(5), all(items)),
                full("iref", 0, box("dimg", shorts(1, 4, 2, 3, 4, 5))),
                box(
                        "iprp",
                        box(
                                "ipco",
                                full("ispe", 0, ints(width, height)),
                                full("ispe", 0, ints(TILE_WIDTH, TILE_HEIGHT)),
                                configuration,
                                property),
                        full("ipma", 0, associations)),
                box("idat", new byte[] {0, 0, 1, 1}, shorts(width, height)));
    }
}
