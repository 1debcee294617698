package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.media.testing.Boxes;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.Orientations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Media as the world makes it, through the whole system at once: lines, boxes, warnings and causes. */
class MediaST {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    @TempDir
    Path folder;

    private final Map<String, JsonNode> jobs = new HashMap<>();

    @Test
    void everyKindOfMediaIsUprightCompleteAndReportsItsDamage() throws Exception {
        Path walkers = new SampleVideo().walkers(folder.resolve("sample"));
        Path upright = Ffmpeg.make(folder.resolve("upright.jpg"), "-ss 2 -i " + walkers + " -frames:v 1 -q:v 2");
        Path stored = Ffmpeg.make(folder.resolve("stored.jpg"), "-i " + upright + " -vf transpose=2 -q:v 2");
        Path turned = Orientations.exif(stored, 6, folder.resolve("turned.jpg"));
        byte[] whole = Files.readAllBytes(upright);
        Path half = Files.write(folder.resolve("half.jpg"), Arrays.copyOf(whole, whole.length / 2));
        Path covered = Ffmpeg.make(
                folder.resolve("covered.mp4"),
                "-i " + upright + " -f lavfi -i testsrc2=s=160x120:r=10:d=1 -map 0 -map 1 -c:v:0 copy -c:v:1 mpeg4");
        Path slides = Ffmpeg.make(
                folder.resolve("slides.mkv"),
                "-f lavfi -i testsrc2=s=160x120:r=1/5:d=25 -f lavfi -i sine=d=25 -c:v libopenh264 -g 1 -c:a aac -ac 1");
        Path resized = resized();
        Path moving =
                Ffmpeg.make(folder.resolve("moving.webp"), "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libwebp_anim");
        Path greedy = Files.write(folder.resolve("greedy.mp4"), Boxes.indexed(200, 100_000));

        Fq.Ended ended = Fq.run(
                LIMIT,
                "detect",
                upright.toString(),
                turned.toString(),
                half.toString(),
                covered.toString(),
                slides.toString(),
                resized.toString(),
                moving.toString(),
                greedy.toString(),
                "-o",
                folder.resolve("out").toString(),
                "--annotate",
                folder.resolve("videos").toString(),
                "--json");
        ended.out()
                .lines()
                .map(RunningSystem::parse)
                .forEach(j -> jobs.put(
                        Path.of(j.path("source").asText()).getFileName().toString(), j));

        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(jobs).hasSize(8);
        sameBoxes(lines("upright.jpg"), lines("turned.jpg"));
        assertThat(warnings("turned.jpg")).isEmpty();
        assertThat(Ffmpeg.stream(video("turned.jpg"), "width,height"))
                .isEqualTo(Ffmpeg.stream(video("upright.jpg"), "width,height"));

        assertThat(lines("half.jpg"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("damaged").asBoolean()).isTrue());
        assertThat(warnings("half.jpg")).singleElement().asString().contains("1 frame is shown with errors");
        assertThat(lines("upright.jpg")).noneMatch(line -> line.has("damaged"));

        assertThat(lines("covered.mp4")).hasSize(10);
        assertThat(jobs.get("covered.mp4").path("frame_transport").asText()).isEqualTo("packets");
        assertThat(warnings("covered.mp4")).singleElement().asString().contains("stream 1 (mpeg4", "--stream");
        assertThat(lines("slides.mkv")).hasSize(5);
        assertThat(warnings("slides.mkv")).isEmpty();
        // 16 bits and 44,100 samples a second.
        Path sound = Ffmpeg.make(folder.resolve("slides.wav"), "-i " + video("slides.mkv") + " -vn");
        assertThat(Files.size(sound)).isCloseTo(25 * 2 * 44_100L, within(20_000L));

        List<JsonNode> sizes = lines("resized.ts");
        assertThat(sizes.getFirst().has("width")).isFalse();
        assertThat(sizes.getLast().path("width").asInt()).isEqualTo(640);
        assertThat(sizes.getLast().path("height").asInt()).isEqualTo(360);
        assertThat(Ffmpeg.stream(video("resized.ts"), "width,height")).containsExactly("320", "240");
        assertThat(Ffmpeg.count(video("resized.ts"))).isEqualTo(sizes.size());

        assertThat(failed("moving.webp")).contains("animated WebP is not supported");
        assertThat(failed("greedy.mp4")).contains("FRAMEQUOTA_SOURCE_MAX_SAMPLES");
        for (String source : List.of("moving.webp", "greedy.mp4")) {
            assertThat(failed(source)).doesNotContain("/", "Exception");
        }
    }

    @Test
    void anyStreamCanBeSelected() throws Exception {
        Path still = Ffmpeg.make(folder.resolve("s.jpg"), "-f lavfi -i testsrc2=s=320x320 -frames:v 1");
        Path covered = Ffmpeg.make(
                folder.resolve("covered.mp4"),
                "-i " + still + " -f lavfi -i testsrc2=s=160x120:r=10:d=1 -map 0 -map 1 -c:v:0 copy -c:v:1 mpeg4");

        Fq.Ended ended = Fq.run(
                LIMIT,
                "detect",
                covered.toString(),
                "--stream",
                "0",
                "-o",
                folder.resolve("out.jsonl").toString(),
                "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode job = RunningSystem.parse(ended.out().strip());
        assertThat(job.path("frames").asInt()).isEqualTo(1);
        assertThat(job.path("stream").asInt()).isZero();
        assertThat(job.path("warnings")).isEmpty();
    }

    /** Pictures of one size, then of another. */
    private Path resized() throws Exception {
        Path small = Ffmpeg.make(folder.resolve("a.ts"), "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -c:v mpeg2video");
        Path large = Ffmpeg.make(
                folder.resolve("b.ts"), "-f lavfi -i testsrc2=s=640x360:r=10:d=1 -c:v mpeg2video -output_ts_offset 1");
        return Files.write(
                folder.resolve("resized.ts"), Boxes.all(Files.readAllBytes(small), Files.readAllBytes(large)));
    }

    private static void sameBoxes(List<JsonNode> expected, List<JsonNode> found) {
        assertThat(expected).hasSize(1);
        assertThat(found).hasSize(1);
        JsonNode one = expected.getFirst().path("detections");
        JsonNode other = found.getFirst().path("detections");
        assertThat(one).isNotEmpty();
        assertThat(other).hasSameSizeAs(one);
        for (JsonNode detection : one) {
            assertThat(other).anySatisfy(d -> {
                for (int i = 0; i < 4; i++) {
                    assertThat(d.path("box").path(i).asDouble())
                            .isCloseTo(detection.path("box").path(i).asDouble(), within(12.0));
                }
            });
        }
    }

    private String failed(String source) {
        assertThat(jobs.get(source).path("state").asText()).isEqualTo("FAILED");
        return jobs.get(source).path("error").asText();
    }

    /** A job's warnings about its source; how frames travel is tested by TransportsST. */
    private List<String> warnings(String source) {
        List<String> warnings = new ArrayList<>();
        jobs.get(source).path("warnings").forEach(w -> warnings.add(w.asText()));
        warnings.removeIf(w -> w.startsWith("frames travel as "));
        return warnings;
    }

    private Path video(String source) {
        return Path.of(jobs.get(source).path("video").asText());
    }

    private List<JsonNode> lines(String source) throws IOException {
        JsonNode job = jobs.get(source);
        assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("SUCCEEDED");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(
                        Files.newInputStream(Path.of(job.path("output").asText()))),
                StandardCharsets.UTF_8))) {
            return in.lines().map(RunningSystem::parse).toList();
        }
    }
}
