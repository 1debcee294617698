package io.framequota.media.decode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoReader;
import io.framequota.media.testing.Boxes;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.Orientations;
import io.framequota.media.testing.TestVideos;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source beyond a limit is refused by the limit's name, and its memory is released for other sources. */
class SourceLimitsIT {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(1024 * MIB);
    private final FfmpegDecoder decoder = new FfmpegDecoder(SourceLimits.DEFAULT, memory);

    @Test
    void refusesTooManyTracksBeforeReadingThem() throws Exception {
        refused(write("tracks.mp4", Boxes.indexed(900, 10)), "256 tracks", "FRAMEQUOTA_SOURCE_MAX_TRACKS");
    }

    @Test
    void refusesTooManySamplesBeforeExpandingThem() throws Exception {
        refused(write("samples.mp4", Boxes.indexed(200, 100_000)), "3000000 samples", "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        refused(write("one.mp4", Boxes.indexed(1, 100_000_000)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void countsSamplesOncePerEdit() throws Exception {
        byte[][] edits = new byte[100][];
        for (int i = 0; i < edits.length; i++) {
            edits[i] = Boxes.ints(1000, 0, 1 << 16);
        }
        byte[] list = Boxes.box("edts", Boxes.full("elst", 0, Boxes.ints(edits.length), Boxes.all(edits)));

        refused(write("edits.mp4", Boxes.indexed(1, 100_000, list)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void countsRunsOfFragments() throws Exception {
        byte[] fragment = Boxes.box(
                "moof",
                Boxes.full("mfhd", 0, Boxes.ints(1)),
                Boxes.box("traf", Boxes.full("tfhd", 0, Boxes.ints(1)), Boxes.full("trun", 0, Boxes.ints(50_000_000))));

        refused(write("fragments.mp4", Boxes.all(Boxes.indexed(1, 10), fragment)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void countsAnIndexBehindAnyOtherBox() throws Exception {
        byte[] indexed = Boxes.indexed(2, 20_000_000);
        byte[] index = Arrays.copyOfRange(indexed, Boxes.find(indexed, "moov", 0), indexed.length);
        for (String first : List.of("junk", "uuid", "pict", "udta", "edit")) {
            byte[] file = Boxes.all(Boxes.box(first, new byte[24]), index, Boxes.box("mdat", new byte[4000]));
            refused(write(first + ".mp4", file), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
            refused(write(first + ".bin", file), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        }
    }

    @Test
    void countsAnIndexInsideAnyOtherBox() throws Exception {
        byte[] indexed = Boxes.indexed(2, 20_000_000);
        int moov = Boxes.find(indexed, "moov", 0);
        for (String type : List.of("free", "hoov")) {
            byte[] hidden = indexed.clone();
            System.arraycopy(Boxes.ascii(type), 0, hidden, moov + 4, 4);
            refused(write(type + ".mp4", hidden), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        }
        byte[] sizes = Boxes.full("stsz", 0, Boxes.ints(1, 20_000_000));
        for (byte[] wrapped : List.of(
                Boxes.box("udta", sizes),
                Boxes.box("meta", Boxes.ints(0), Boxes.box("hdlr", new byte[24]), sizes),
                Boxes.full("stsd", 0, Boxes.ints(1), Boxes.box("mp4v", new byte[78], sizes)))) {
            refused(write("wrapped.mp4", Boxes.indexed(1, 10, wrapped)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        }
        byte[] inner = Boxes.box("moov", Boxes.box("trak", Boxes.box("mdia")));
        byte[] table = Boxes.box("mdia", Boxes.box("minf", Boxes.box("stbl", sizes)));
        refused(write("nested.mp4", Boxes.indexed(1, 10, table, inner)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        refused(
                write(
                        "items.heic",
                        Boxes.all(
                                Boxes.box("ftyp", Boxes.ascii("heic"), Boxes.ints(0), Boxes.ascii("mif1heic")),
                                Boxes.full(
                                        "meta",
                                        0,
                                        Boxes.full("hdlr", 0, Boxes.ints(0), Boxes.ascii("pict"), new byte[13]),
                                        Boxes.full("iinf", 1 << 24, Boxes.ints(90_000_000))))),
                "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void countsFragmentsOncePerTrack() throws Exception {
        byte[] references = Boxes.full("sidx", 0, Boxes.ints(1, 1000, 0, 0, 60_000), new byte[60_000 * 12]);

        refused(write("segments.mp4", Boxes.all(Boxes.indexed(60, 10), references)), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void refusesACompressedIndex() throws Exception {
        byte[] file = Boxes.all(
                Boxes.box("ftyp", Boxes.ascii("qt  "), Boxes.ints(0)),
                Boxes.box("moov", Boxes.box("cmov", Boxes.box("dcom", Boxes.ascii("zlib")))));

        refused(write("old.mov", file), "compressed index (cmov)", "convert it");
    }

    @Test
    void countsTagsOfMp4Files() throws Exception {
        byte[][] tags = new byte[5000][];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = Boxes.box(String.format(Locale.ROOT, "%04x", i), Boxes.shorts(1, 0), Boxes.ascii("x"));
        }

        refused(
                write("tags.mp4", Boxes.indexed(1, 10, Boxes.box("udta", tags))),
                "4096 texts, tags, chapters",
                "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
    }

    @Test
    void countsListsOfMatroskaFiles() throws Exception {
        String entries = "FRAMEQUOTA_SOURCE_MAX_ENTRIES";
        refused(matroska("tags", 0x1254C367, "737380", 5000), entries);
        refused(matroska("chapters", 0x1043A770, "45b982b680", 5000), entries);
        refused(matroska("attachments", 0x1941A469, "61a780", 5000), entries);
        refused(matroska("places", 0x114D9B74, "4dbb80", 5000), entries);
        refused(matroska("tracks", 0x1654AE6B, "ae80", 300), "FRAMEQUOTA_SOURCE_MAX_TRACKS");
        refused(matroska("cues", 0x1C53BB6B, "bb80", 3_000_001), "FRAMEQUOTA_SOURCE_MAX_SAMPLES");
    }

    @Test
    void countsListsAnywhereInMatroskaFiles() throws Exception {
        byte[] tags = element(0x1254C367, repeated("737380", 5000));
        byte[] cluster = element(0x1F43B675, element(0xE7, new byte[] {0}));
        // At the end and named by a seek head; behind an invalid element; in an element of unknown length.
        byte[] place = element(
                0x114D9B74,
                element(0x4DBB, element(0x53AB, Boxes.ints(0x1254C367)), element(0x53AC, new byte[] {0, 93})));
        int behind = place.length + cluster.length;
        place[place.length - 1] = (byte) behind;
        refused(write("end.mkv", segment(place, cluster, tags)), "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
        refused(write("junk.mkv", segment(new byte[50], tags, cluster)), "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
        byte[] live = Boxes.all(Boxes.ints(0x1254C367), new byte[] {(byte) 0xFF}, repeated("737380", 5000));
        refused(write("live.mkv", segment(live, cluster)), "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
    }

    private Path matroska(String name, int list, String entry, int entries) throws Exception {
        return write(name + ".mkv", segment(element(list, repeated(entry, entries))));
    }

    private static byte[] segment(byte[]... parts) {
        byte[] type = element(0x1A45DFA3, element(0x4282, Boxes.ascii("matroska")));
        return Boxes.all(type, element(0x18538067, parts));
    }

    private static byte[] element(int id, byte[]... parts) {
        byte[] body = Boxes.all(parts);
        byte[] all = Boxes.ints(id);
        int leading = Integer.numberOfLeadingZeros(id) / 8;
        byte[] length = ByteBuffer.allocate(8).putLong(1L << 56 | body.length).array();
        return Boxes.all(Arrays.copyOfRange(all, leading, 4), length, body);
    }

    private static byte[] repeated(String hex, int times) {
        return HexFormat.of().parseHex(hex.repeat(times));
    }

    @Test
    void countsCommentsOfOggFiles() throws Exception {
        Path file = Ffmpeg.make(folder.resolve("plain.ogv"), "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libvpx");
        decoder.open(file).close();
        byte[] bytes = Files.readAllBytes(file);
        int comments = 0;
        while (bytes[comments] != 'O' || bytes[comments + 1] != 'V' || bytes[comments + 5] != 2) {
            comments++;
        }
        comments += 7;
        ByteBuffer texts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        texts.putInt(comments + 4 + texts.getInt(comments), 100_000);

        refused(write("comments.ogv", bytes), "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
    }

    @Test
    void refusesSongsBeforeReadingTheirComments() throws Exception {
        for (String song : List.of("song.flac", "song.mp3", "song.wav")) {
            refused(Ffmpeg.make(folder.resolve(song), "-f lavfi -i sine=d=1"), "has no video stream");
        }
        byte[] flac = Files.readAllBytes(folder.resolve("song.flac"));
        ByteArrayOutputStream comments = new ByteArrayOutputStream();
        comments.write(new byte[] {1, 0, 0, 0, 'x', 0x40, 0x42, 0x0F, 0});
        for (int i = 0; i < 1_000_000; i++) {
            comments.write(new byte[] {8, 0, 0, 0});
            comments.write(Boxes.ascii(String.format(Locale.ROOT, "%06x=x", i)));
        }
        byte[] block = Boxes.ints(0x04000000 | comments.size());
        Path large = write(
                "comments.flac",
                Boxes.all(
                        Arrays.copyOf(flac, 42),
                        block,
                        comments.toByteArray(),
                        Arrays.copyOfRange(flac, 42, flac.length)));

        // FFmpeg would read these for hours.
        refused(large, "has no video stream");
    }

    @Test
    void countsTextsOfPictures() throws Exception {
        byte[] plain = Files.readAllBytes(
                Ffmpeg.make(folder.resolve("plain.png"), "-f lavfi -i testsrc2=s=64x64 -frames:v 1"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(plain, 0, 33);
        for (int i = 0; i < 5000; i++) {
            out.write(Orientations.pngChunk("tEXt", Boxes.ascii(i + "\0x")));
        }
        out.write(plain, 33, plain.length - 33);

        Path picture = write("texts.png", out.toByteArray());

        refused(picture, "4096 texts", "FRAMEQUOTA_SOURCE_MAX_ENTRIES");
        assertThatThrownBy(() -> SourceIndexSize.check(picture, SourceLimits.DEFAULT))
                .as("refused before FFmpeg decompresses them")
                .isInstanceOf(SourceException.class);
    }

    @Test
    void openingStopsOnCancellationAndAfterATimeout() throws Exception {
        Path video = TestVideos.H264.make(folder);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> NativeVideo.open(video, -1, SourceLimits.DEFAULT))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();

        assertThatThrownBy(() -> NativeVideo.open(video, -1, SourceLimits.DEFAULT, Duration.ZERO))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("could not be opened within 0 s");
        NativeVideo.open(video, -1, SourceLimits.DEFAULT).close();
    }

    @Test
    void boundsTracksOfOtherContainers() throws Exception {
        StringBuilder arguments = new StringBuilder("-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v mpeg4");
        for (int i = 0; i < 12; i++) {
            arguments.append(" -map 0");
        }
        Path file = Ffmpeg.make(folder.resolve("many.mkv"), arguments.toString());

        assertThatThrownBy(() -> new FfmpegDecoder(
                                new SourceLimits(8, 1000, 1 << 20, 1000, 100), new DecodeMemoryBudget(MIB << 8))
                        .open(file))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("more than 8 tracks, the limit FRAMEQUOTA_SOURCE_MAX_TRACKS");
    }

    @Test
    void releasesTheMemoryOfUsableAndUnusableSources() throws Exception {
        Path large = write("large.mp4", Boxes.indexed(25, 100_000));
        decoder.open(TestVideos.H264.make(folder)).close();
        long before = residentBytes();
        for (int i = 0; i < 12; i++) {
            assertThatThrownBy(() -> {
                        try (VideoReader reader = decoder.open(large)) {
                            throw new SourceException("opened, with " + reader.next());
                        }
                    })
                    .isInstanceOf(SourceException.class);
        }

        // Each of these sources takes more than 100 MB while it is open.
        assertThat(residentBytes() - before).isLessThan(100 * MIB);
        assertThat(memory.used()).isZero();
    }

    @Test
    void refusesAPictureWithHundredsOfMegabytesOfText() throws Exception {
        byte[] plain = Files.readAllBytes(
                Ffmpeg.make(folder.resolve("plain.png"), "-f lavfi -i testsrc2=s=64x64 -frames:v 1"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(plain, 0, 33);
        for (int i = 0; i < 7; i++) {
            out.write(
                    Orientations.pngChunk("zTXt", Boxes.all(Boxes.ascii("t" + i + "\0\0"), deflatedZeros(100 * MIB))));
        }
        out.write(plain, 33, plain.length - 33);
        Path picture = write("text.png", out.toByteArray());
        Path inside = Ffmpeg.make(
                folder.resolve("text.mkv"), "-f image2 -c:v png -i " + folder.resolve("plain.png") + " -c copy");
        long before = residentBytes();

        refused(picture, "text", "FRAMEQUOTA_SOURCE_MAX_METADATA");

        assertThat(residentBytes() - before).isLessThan(200 * MIB);
        decoder.open(inside).close();
    }

    @Test
    void boundsPictureSizes() throws Exception {
        Path picture = Ffmpeg.make(folder.resolve("p.png"), "-f lavfi -i color=c=red:s=400x300 -frames:v 1");
        DecodeMemoryBudget budget = new DecodeMemoryBudget(MIB << 8);
        FfmpegDecoder small = new FfmpegDecoder(new SourceLimits(8, 1000, 100_000, 1000, 100), budget);

        assertThatThrownBy(() -> small.open(picture))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("400 x 300")
                .hasMessageContaining("FRAMEQUOTA_SOURCE_MAX_PIXELS")
                .matches(e -> !((SourceException) e).isPermanent(), "it is kept until the limit is raised");
        assertThat(budget.used()).isZero();
    }

    @Test
    void largePicturesWaitForMemoryInsteadOfFailing() throws Exception {
        Path picture = Ffmpeg.make(
                folder.resolve("large.png"), "-f lavfi -i testsrc2=s=2000x2000 -frames:v 1 -pix_fmt rgba64be");
        Path other = TestVideos.H264.make(folder);
        DecodeMemoryBudget budget = new DecodeMemoryBudget(100 * MIB);
        FfmpegDecoder two = new FfmpegDecoder(SourceLimits.DEFAULT, budget);
        List<VideoReader> first = new ArrayList<>(List.of(two.open(picture), two.open(picture)));
        AtomicReference<VideoReader> third = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                third.set(two.open(picture));
            } catch (SourceException e) {
                throw new AssertionError(e);
            } finally {
                done.countDown();
            }
        });
        while (waiting.getState() != Thread.State.TIMED_WAITING && done.getCount() > 0) {
            Thread.onSpinWait();
        }
        assertThat(third.get()).isNull();
        assertThat(two.probe(other, VideoDecoder.ANY_STREAM).width())
                .as("a probe goes ahead of waiting sources")
                .isPositive();

        first.removeFirst().close();
        done.await();
        assertThat(third.get().next()).isTrue();
        third.get().close();
        first.removeFirst().close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void waitingForMemoryCanBeInterrupted() throws Exception {
        Path picture = Ffmpeg.make(
                folder.resolve("large.png"), "-f lavfi -i testsrc2=s=2000x2000 -frames:v 1 -pix_fmt rgba64be");
        DecodeMemoryBudget budget = new DecodeMemoryBudget(50 * MIB);
        FfmpegDecoder one = new FfmpegDecoder(SourceLimits.DEFAULT, budget);
        try (VideoReader reader = one.open(picture)) {
            assertThat(reader.next()).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> one.open(picture)).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void refusesAPictureLargerThanTheWholeBudget() throws Exception {
        Path picture = Ffmpeg.make(
                folder.resolve("large.png"), "-f lavfi -i testsrc2=s=2000x2000 -frames:v 1 -pix_fmt rgba64be");
        DecodeMemoryBudget budget = new DecodeMemoryBudget(20 * MIB);
        FfmpegDecoder small = new FfmpegDecoder(SourceLimits.DEFAULT, budget);

        assertThatThrownBy(() -> small.open(picture))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("large.png needs about")
                .hasMessageContaining("FRAMEQUOTA_DECODE_MEMORY (20 MiB)")
                .matches(e -> !((SourceException) e).isPermanent(), "it is kept until there is more");
    }

    @Test
    void namesACodecThatIsNotAllowed() throws Exception {
        Path file = Ffmpeg.make(folder.resolve("old.mkv"), "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v svq1");

        refused(file, "has the codec svq1, which is not supported", "H.264");
    }

    @Test
    void refusesAnimatedWebpByName() throws Exception {
        Path file = Ffmpeg.make(
                folder.resolve("moving.webp"), "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libwebp_anim -loop 0");

        refused(file, "animated WebP is not supported");
    }

    private Path write(String name, byte[] bytes) throws Exception {
        return Files.write(folder.resolve(name), bytes);
    }

    private void refused(Path file, String... why) {
        assertThatThrownBy(() -> decoder.open(file))
                .isInstanceOf(SourceException.class)
                .hasMessageContainingAll(why)
                .hasMessageStartingWith(file.getFileName().toString())
                .hasMessageNotContaining(folder.toString());
        assertThat(memory.used()).isZero();
    }

    private static byte[] deflatedZeros(long bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, new Deflater(9))) {
            byte[] zeros = new byte[1 << 20];
            for (long i = 0; i < bytes; i += zeros.length) {
                deflated.write(zeros);
            }
        }
        return out.toByteArray();
    }

    /** Memory of this process that maps no file. */
    private static long residentBytes() throws Exception {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
