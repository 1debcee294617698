package io.framequota.ingest.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ExportFormat;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.testing.TestJobs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden files are what programs of clients read, so a change to them breaks clients. */
class FormatsTest {
    private static final List<ResultLine> LINES = List.of(
            new ResultLine(
                    0,
                    0,
                    List.of(
                            new Detection("person", 0, 0.86123f, 10.126f, 20, 30.5f, 80.25f),
                            new Detection("traffic light", 9, 0.3f, -1.5f, 0, 4, 9)),
                    null,
                    null),
            new ResultLine(1, 33.3667, List.of(), null, null),
            new ResultLine(2, 66.7333, List.of(), null, "no answer, \"late\""),
            new ResultLine(3, 100.1, List.of(new Detection("cat, big", 15, 1, 0, 0, 1, 1)), "image_02", null));

    @TempDir
    Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void twoMembers() throws IOException {
        first = member("0-1-1.gz", LINES.subList(0, 2));
        second = member("1-1-1.gz", LINES.subList(2, 4));
    }

    @Test
    void writesCsv() throws IOException, InterruptedException {
        assertThat(text(ExportFormat.CSV)).isEqualTo(golden("result.csv"));
    }

    @Test
    void writesKitti() throws IOException, InterruptedException {
        assertThat(text(ExportFormat.KITTI)).isEqualTo(golden("result.kitti.txt"));
    }

    @Test
    void writesCoco() throws IOException, InterruptedException {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(text(ExportFormat.COCO))).isEqualTo(json.readTree(golden("result.coco.json")));
    }

    @Test
    void cocoImagesOfAStreamHaveTheNumbersOfTheirFrames() throws IOException, InterruptedException {
        Detection person = new Detection("person", 0, 1, 0, 0, 1, 1);
        Path member = member(
                "stream.gz",
                List.of(
                        new ResultLine(16, 0, List.of(), "image_02", null),
                        new ResultLine(18, 0, List.of(person), "image_02", null)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        write(ExportFormat.COCO, (id, follow, sink, pause) -> sink.member(member), () -> job(640, 480), out);

        JsonNode coco = new ObjectMapper().readTree(out.toByteArray());
        assertThat(coco.path("images"))
                .extracting(image -> image.path("id").asInt())
                .containsExactly(16, 18);
        assertThat(coco.at("/annotations/0/image_id").asInt()).isEqualTo(18);
    }

    @Test
    void writesMot() throws IOException, InterruptedException {
        assertThat(text(ExportFormat.MOT)).isEqualTo(golden("result.mot.txt"));
    }

    @Test
    void writesYolo() throws IOException, InterruptedException {
        StringBuilder files = new StringBuilder();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes(ExportFormat.YOLO)))) {
            for (ZipEntry file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
                files.append("== ").append(file.getName()).append('\n');
                files.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(files).hasToString(golden("result.yolo.txt"));
    }

    @Test
    void writesCvatForImages() throws IOException, InterruptedException {
        assertThat(inLines(text(ExportFormat.CVAT))).isEqualTo(golden("result.cvat.xml"));
    }

    @Test
    void writesCvatForVideosFromTracks() throws IOException, InterruptedException {
        first = member("tracked.gz", """
                {"frame":0,"pts_ms":0,"detections":[{"class":"person","class_id":0,"score":0.9,"box":[10,20,30,80],"track":1}]}
                {"frame":2,"pts_ms":80,"detections":[{"class":"person","class_id":0,"score":0.8,"box":[12,20,32,80],"track":1},\
                {"class":"cat","class_id":15,"score":0.4,"box":[1,2,3,4]}]}
                """);
        second = member("end.gz", "{\"frame\":4,\"pts_ms\":160,\"detections\":[]}\n");

        assertThat(inLines(text(ExportFormat.CVAT))).isEqualTo(golden("tracked.cvat.xml"));
    }

    /** What is drawn with {@code track=true}. */
    @Test
    void drawnObjectsHaveTheNumbersOfTheirTracks() throws IOException {
        List<ResultLine> lines = List.of(
                new ResultLine(0, 0, List.of(new Detection("person", 0, 0.9f, 100, 20, 150, 180)), null, null),
                new ResultLine(
                        1,
                        40,
                        List.of(
                                new Detection("cat", 15, 0.9f, 500, 400, 520, 420),
                                new Detection("person", 0, 0.8f, 102, 20, 152, 180)),
                        null,
                        null));
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        for (ResultLine line : lines) {
            ResultFrame frame = ResultFrame.of((ObjectNode) new ObjectMapper().readTree(json(line)));
            tracks.add(frame.key(), frame.objects());
        }
        tracks.finish();
        StringBuilder drawn = new StringBuilder();
        TrackedLines.of(tracks, lines.iterator()).forEachRemaining(line -> line.appendTo(drawn));

        assertThat(drawn).hasToString(golden("drawn-tracks.jsonl"));
    }

    @Test
    void cocoHasTheSizeOfASourceThatIsOpenedLater() throws IOException, InterruptedException {
        AtomicReference<Job> job = new AtomicReference<>(job(0, 0));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        write(
                ExportFormat.COCO,
                (id, follow, sink, pause) -> {
                    pause.reached();
                    job.set(job(640, 480));
                    sink.member(first);
                },
                job::get,
                out);

        assertThat(new ObjectMapper().readTree(out.toByteArray()).path("images"))
                .hasSize(2)
                .allMatch(image -> image.path("width").asInt() == 640)
                .allMatch(image -> image.path("height").asInt() == 480);
    }

    @Test
    void cocoHasTheSizeOfEachFrameAndItsDamage() throws IOException, InterruptedException {
        Path member = member(
                "resized.gz",
                List.of(
                        new ResultLine(0, 0, List.of(), null, null),
                        new ResultLine(1, 40, List.of(), null, null, true, 1280, 720, "in/a.png")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        write(ExportFormat.COCO, (id, follow, sink, pause) -> sink.member(member), () -> job(640, 480), out);

        assertThat(new ObjectMapper().readTree(out.toByteArray()).path("images"))
                .satisfiesExactly(
                        image -> {
                            assertThat(image.path("width").asInt()).isEqualTo(640);
                            assertThat(image.has("damaged")).isFalse();
                        },
                        image -> {
                            assertThat(image.path("width").asInt()).isEqualTo(1280);
                            assertThat(image.path("height").asInt()).isEqualTo(720);
                            assertThat(image.path("damaged").asBoolean()).isTrue();
                        });
    }

    @Test
    void skipsLinesThatBelongToNoFrame() throws IOException {
        Path gap = folder.resolve("gap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gap))) {
            out.write(
                    "{\"gap\":{\"from\":1,\"to\":2,\"reason\":\"dropped\"}}\n{\"frame\":3,\"pts_ms\":1.0,\"detections\":[]}\n"
                            .getBytes(StandardCharsets.UTF_8));
        }

        List<ResultLine> lines = new ArrayList<>();
        MemberReader.each(gap, lines::add);

        assertThat(lines).extracting(ResultLine::frame).containsExactly(3L);
    }

    @Test
    void anEmptyResultIsAValidGzipFile() throws IOException {
        Path empty = Files.write(folder.resolve("empty.gz"), MemberStream.emptyMember());

        MemberReader.each(empty, line -> {
            throw new AssertionError("a line in an empty result");
        });
    }

    /** XML is written without lines, which nobody could compare. */
    private static String inLines(String xml) {
        return xml.replace("><", ">\n<") + "\n";
    }

    private String text(ExportFormat format) throws IOException, InterruptedException {
        return new String(bytes(format), StandardCharsets.UTF_8);
    }

    private byte[] bytes(ExportFormat format) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(
                format,
                (id, follow, sink, pause) -> {
                    sink.member(first);
                    sink.member(second);
                },
                () -> job(640, 480),
                out);
        return out.toByteArray();
    }

    private static void write(ExportFormat format, MemberFrames.Source members, Supplier<Job> job, OutputStream out)
            throws IOException, InterruptedException {
        MemberFrames frames = new MemberFrames("j", true, members, id -> job.get());
        format.write(frames, frames::source, out);
    }

    private Path member(String name, List<ResultLine> lines) throws IOException {
        return member(name, lines.stream().map(FormatsTest::json).collect(Collectors.joining()));
    }

    private static String json(ResultLine line) {
        StringBuilder text = new StringBuilder();
        line.appendTo(text);
        return text.toString();
    }

    private Path member(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static Job job(int width, int height) {
        return TestJobs.job("j", new JobState.Succeeded(Instant.EPOCH), TestJobs.progress(true, 2, 2, width, height));
    }

    private static String golden(String name) throws IOException {
        return Files.readString(Path.of("src/test/resources/golden", name));
    }
}
