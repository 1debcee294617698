package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders and archives of pictures, and patterns of file names, on a running system. */
class PicturesST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int PICTURES = 12;

    @TempDir
    static Path folder;

    private static RunningSystem system;
    private static Path pictures;

    @BeforeAll
    static void up() throws Exception {
        system = RunningSystem.up(folder.resolve("data"), Map.of("FRAMEQUOTA_CHUNK_FRAMES", "5"));
        Path walkers = new SampleVideo().walkers(folder.resolve("sample"));
        pictures = Files.createDirectories(folder.resolve("in"));
        Ffmpeg.make(
                pictures.resolve("walk %d.jpg"),
                "-ss 2 -i " + walkers + " -frames:v " + PICTURES + " -q:v 2 -start_number 1");
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @Test
    void aFolderAndItsArchiveAreOneJobWhoseFramesAreThePictures() throws Exception {
        String packets = submit(pictures.toString());
        String pixels = submit(zip("in.zip", pictures).toString(), "--transport", "pixels");

        JsonNode end = ended(packets);
        assertThat(end.path("frame_transport").asText()).as(end.toString()).isEqualTo("packets");
        assertThat(end.path("source").asText()).isEqualTo("in.zip");
        assertThat(end.path("warnings")).isEmpty();
        assertThat(end.path("expected_frames").asInt()).isEqualTo(PICTURES);
        assertThat(ended(pixels).path("frame_transport").asText()).isEqualTo("pixels");
        List<JsonNode> lines = system.lines(packets);
        for (int i = 0; i < PICTURES; i++) {
            assertThat(lines.get(i).path("frame").asInt()).isEqualTo(i);
            assertThat(lines.get(i).path("file").asText()).isEqualTo("walk " + (i + 1) + ".jpg");
            assertThat(lines.get(i).path("detections")).isNotEmpty();
        }
        assertThat(lines).hasSize(PICTURES);
        assertThat(system.server().result(pixels)).isEqualTo(system.server().result(packets));
    }

    @Test
    void picturesOfAnySizeAndFormatWorkAndBrokenOnesHaveAnError() throws Exception {
        Path mixed = Files.createDirectories(folder.resolve("mixed/a"));
        for (int i = 1; i <= 4; i++) {
            Files.copy(pictures.resolve("walk " + i + ".jpg"), mixed.resolve(i + ".jpg"));
        }
        Ffmpeg.make(mixed.resolve("5.png"), "-i " + mixed.resolve("1.jpg") + " -vf scale=iw*3/4:-2");
        Files.write(mixed.resolve("6.png"), new byte[0]);
        Files.write(mixed.resolve("7.jpg"), new byte[] {1, 2, 3});
        Ffmpeg.make(mixed.resolve("8.bmp"), "-i " + mixed.resolve("1.jpg"));
        Ffmpeg.make(mixed.resolve("10.png"), "-i " + mixed.resolve("1.jpg"));
        Path video = folder.resolve("mixed.mp4");

        Fq.Ended detected = Fq.run(
                LIMIT,
                "detect",
                mixed.getParent().toString(),
                "-o",
                folder + "/mixed.jsonl",
                "--annotate",
                "" + video,
                "--private",
                "--json");

        assertThat(detected.code()).as(detected.err()).isZero();
        JsonNode job = Server.parse(detected.out());
        assertThat(job.path("frames").asInt()).isEqualTo(9);
        assertThat(job.path("warnings"))
                .extracting(JsonNode::asText)
                .first()
                .isEqualTo("2 pictures cannot be read, the first is a/6.png: the file is empty");
        List<JsonNode> lines = Files.readAllLines(folder.resolve("mixed.jsonl")).stream()
                .map(Server::parse)
                .toList();
        assertThat(lines)
                .extracting(l -> l.path("file").asText())
                .containsExactly(
                        "a/1.jpg",
                        "a/2.jpg",
                        "a/3.jpg",
                        "a/4.jpg",
                        "a/5.png",
                        "a/6.png",
                        "a/7.jpg",
                        "a/8.bmp",
                        "a/10.png");
        assertThat(lines.get(5).path("error").asText()).isEqualTo("the file is empty");
        assertThat(lines.get(6).path("error").asText()).startsWith("this is not a picture of a known format");
        assertThat(lines.get(4).path("width").asInt()).isEqualTo(480);
        for (int i : new int[] {0, 1, 2, 3, 4, 7, 8}) {
            assertThat(lines.get(i).path("detections"))
                    .as(lines.get(i).toString())
                    .isNotEmpty();
        }
        // In place of the two that cannot be read the reason is shown.
        assertThat(Ffmpeg.count(video)).isEqualTo(9);
    }

    @Test
    void anArchiveThatIsMadeToHarmFailsInOneLineAndOthersDoNot() throws Exception {
        Path outside = zip("outside.zip", Map.of("../../etc/a.jpg", new byte[10]));
        Path bomb = zip("bomb.zip", Map.of("a.bmp", new byte[200 << 20], "b.bmp", new byte[200 << 20]));
        Path nested = zip("nested.zip", Map.of("pictures.zip", Files.readAllBytes(outside)));

        String good = submit(pictures.toString());

        assertThat(failure(outside))
                .isEqualTo("outside.zip names a file outside of itself: ../../etc/a.jpg; make the archive again, with"
                        + " relative paths");
        assertThat(failure(bomb))
                .matches("bomb.zip would unpack to more than 100 times its size, up to [ab].bmp;"
                        + " use an archive of real pictures");
        assertThat(failure(nested))
                .isEqualTo("nested.zip holds no picture (such as .jpg or .png) among 1 files; give an archive of"
                        + " pictures, or the video itself");
        ended(good);
    }

    @Test
    void aPatternIsManySourcesWithOneLabelInNaturalOrder() throws Exception {
        Path clips = Files.createDirectories(folder.resolve("clips"));
        for (String name : List.of("10", "9", "100")) {
            Ffmpeg.make(clips.resolve(name + ".gif"), "-f lavfi -i testsrc2=s=160x120:r=5:d=1");
        }
        Ffmpeg.make(clips.resolve("11.mjpeg"), "-f lavfi -i testsrc2=s=160x120:r=5:d=1 -c:v mjpeg -pix_fmt yuvj420p");

        Fq.Ended submitted =
                Fq.run(LIMIT, "submit", clips + "/*.{gif,mjpeg}", "--label", "set=clips", "--server", system.url());

        assertThat(submitted.code()).as(submitted.err()).isZero();
        List<String> sources = new ArrayList<>();
        for (String id : submitted.out().lines().toList()) {
            JsonNode end = ended(id);
            assertThat(end.path("labels").path("set").asText()).isEqualTo("clips");
            assertThat(end.path("frames").asInt()).isEqualTo(5);
            sources.add(end.path("source").asText());
        }
        assertThat(sources).containsExactly("9.gif", "10.gif", "11.mjpeg", "100.gif");
    }

    private static String submit(String source, String... options) {
        List<String> command = new ArrayList<>(List.of("submit", source, "--server", system.url()));
        command.addAll(List.of(options));
        Fq.Ended submitted = Fq.run(LIMIT, command.toArray(String[]::new));
        assertThat(submitted.code()).as(submitted.err()).isZero();
        return submitted.out().strip();
    }

    private static JsonNode ended(String id) {
        JsonNode end = system.awaitEnd(id, LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        return end;
    }

    private static String failure(Path archive) {
        JsonNode end = system.awaitEnd(submit(archive.toString()), LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("FAILED");
        return end.path("error").asText();
    }

    private static Path zip(String name, Path from) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file));
                var files = Files.list(from)) {
            for (Path picture : files.toList()) {
                zip.putNextEntry(new ZipEntry(picture.getFileName().toString()));
                Files.copy(picture, zip);
                zip.closeEntry();
            }
        }
        return file;
    }

    private static Path zip(String name, Map<String, byte[]> files) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }
}
