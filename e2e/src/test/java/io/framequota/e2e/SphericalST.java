package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.media.container.SphericalMetadata;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.testing.Ffmpeg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 360° video on a running system: the sample's street lies behind the camera, so that a person walks across the left and right edges of the
 * picture.
 */
@Tag("long")
class SphericalST {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int WIDTH = 1920;

    @TempDir
    static Path folder;

    private static RunningSystem system;
    /** States that it is equirectangular. */
    private static Path around;

    @BeforeAll
    static void up() throws Exception {
        Path walkers = new SampleVideo().walkers(folder.resolve("sample"));
        around = Ffmpeg.make(
                folder.resolve("around.mp4"),
                "-ss 6 -i " + walkers + " -t 1 -vf v360=flat:e:ih_fov=80:iv_fov=64.4:w=" + WIDTH
                        + ":h=960:yaw=180:interp=cubic,format=yuv420p -c:v libopenh264 -b:v 20M -g 10");
        SphericalMetadata.write(around, Projection.EQUIRECT, SphericalMetadata.Version.BOTH);
        system = RunningSystem.up(folder.resolve("data"));
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @Test
    void aPersonAcrossTheEdgesIsOneDetection() {
        JsonNode end = run(Map.of("every", "2", "transport", "packets"));

        assertThat(end.path("projection").asText()).as(end.toString()).isEqualTo("equirect");
        assertThat(end.path("frame_transport").asText()).as(end.toString()).isEqualTo("packets");
        List<JsonNode> lines = system.lines(end.path("job").asText());
        assertThat(lines).hasSize(5);
        for (JsonNode line : lines) {
            assertThat(behind(line)).as(line.toString()).hasSize(1);
            JsonNode person = behind(line).getFirst();
            assertThat(person.path("class").asText()).isEqualTo("person");
            assertThat(person.path("box").path(0).asDouble()).isBetween(WIDTH * 0.9, (double) WIDTH);
            assertThat(person.path("box").path(2).asDouble()).isBetween((double) WIDTH, WIDTH * 1.1);
            assertThat(person.path("height_deg").asDouble()).isBetween(15.0, 45.0);
        }
    }

    @Test
    void packetsAndPixelsGiveTheSameLines() {
        JsonNode packets = run(Map.of("every", "5", "transport", "packets"));
        JsonNode pixels = run(Map.of("every", "5", "transport", "pixels"));

        assertThat(pixels.path("frame_transport").asText()).isEqualTo("pixels");
        assertThat(system.server().result(pixels.path("job").asText()))
                .isEqualTo(system.server().result(packets.path("job").asText()))
                .contains("\"yaw\"");
    }

    @Test
    void aFlatJobAndAWrongProjectionAreUnharmedByEachOther() {
        String wrong = system.server()
                .upload(around, Map.of("model", "people", "projection", "cubemap6x1"))
                .path("job")
                .asText();
        JsonNode flat = run(Map.of("every", "10", "projection", "flat"));

        JsonNode failed = system.awaitEnd(wrong, LIMIT);
        assertThat(failed.path("error").asText())
                .isEqualTo("this cubemap has six faces in a row, and this picture is 1920 x 960; give another"
                        + " --projection, flat for an ordinary picture");
        assertThat(flat.path("projection").asText()).isEqualTo("flat");
        // The video itself is good, so it is kept for another try.
        Fq.Ended again = Fq.run(
                LIMIT, "submit", "--again", wrong, "--projection", "flat", "--every", "10", "--server", system.url());
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(system.server().result(flat.path("job").asText())).doesNotContain("\"yaw\"");
    }

    @Test
    void aPictureThatMayBeACubemapIsAskedAbout() throws Exception {
        Path unknown = Ffmpeg.make(
                folder.resolve("unknown.mp4"), "-f lavfi -i testsrc2=s=768x512:r=5:d=1 -c:v libopenh264 -g 5");

        JsonNode asked = run(unknown, Map.of("every", "5"));
        JsonNode told = run(unknown, Map.of("every", "5", "projection", "flat"));

        assertThat(asked.path("warnings").toString())
                .contains("is the picture a 360° cubemap?")
                .contains("--projection eac");
        assertThat(told.path("warnings")).isEmpty();
    }

    @Test
    void fqConvertsAndSaysWhatIsWrong() throws Exception {
        // The folder is made, as by all commands.
        Path eac = folder.resolve("new/folder/eac.mp4");
        Path back = folder.resolve("back.mp4");

        Fq.Ended there = Fq.run(LIMIT, "convert360", around.toString(), eac.toString(), "--to", "eac");
        Fq.Ended unknown = Fq.run(LIMIT, "convert360", eac.toString(), back.toString(), "--to", "equirect");
        Fq.Ended again =
                Fq.run(LIMIT, "convert360", eac.toString(), back.toString(), "--to", "equirect", "--projection", "eac");

        assertThat(there.code()).as(there.err()).isZero();
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .startsWith("fq: eac.mp4 does not state that it is a 360° video")
                .hasLineCount(1);
        assertThat(again.code()).as(again.err()).isZero();
        Fq.Ended wrong = Fq.run(
                LIMIT,
                "detect",
                around.toString(),
                "--projection",
                "cubemap6x1",
                "--private",
                "-o",
                folder + "/wrong.jsonl");
        assertThat(wrong.code()).as(wrong.err()).isEqualTo(2);
        assertThat(wrong.err()).contains("this cubemap has six faces in a row");
        assertThat(new FfmpegDecoder().probe(back, VideoDecoder.ANY_STREAM).projection())
                .isEqualTo(Projection.EQUIRECT);
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    /** Detections within 5 degrees of straight behind: others walk past 7 degrees away. */
    private static List<JsonNode> behind(JsonNode line) {
        return StreamSupport.stream(line.path("detections").spliterator(), false)
                .filter(d -> Math.abs(d.path("yaw").asDouble()) > 175)
                .toList();
    }

    private static JsonNode run(Map<String, String> fields) {
        return run(around, fields);
    }

    private static JsonNode run(Path video, Map<String, String> fields) {
        Map<String, String> all = new java.util.HashMap<>(fields);
        all.put("model", "people");
        JsonNode end =
                system.awaitEnd(system.server().upload(video, all).path("job").asText(), LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        return end;
    }
}
