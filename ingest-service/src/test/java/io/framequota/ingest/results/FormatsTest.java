package io.framequota.ingest.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.testing.TestJobs;
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
import java.util.zip.GZIPOutputStream;
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
    void writesCsv() throws IOException {
        assertThat(text(LineFormat.CSV)).isEqualTo(golden("result.csv"));
    }

    @Test
    void writesKitti() throws IOException {
        assertThat(text(LineFormat.KITTI)).isEqualTo(golden("result.kitti.txt"));
    }

    @Test
    void writesCoco() throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new CocoWriter(
                        (id, follow, sink, pause) -> {
                            sink.member(first);
                            sink.member(second);
                        },
                        id -> job(640, 480))
                .write("j", false, out);

        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(out.toByteArray())).isEqualTo(json.readTree(golden("result.coco.json")));
    }

    @Test
    void cocoHasTheSizeOfASourceThatIsOpenedLater() throws IOException, InterruptedException {
        AtomicReference<Job> job = new AtomicReference<>(job(0, 0));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new CocoWriter(
                        (id, follow, sink, pause) -> {
                            pause.reached();
                            job.set(job(640, 480));
                            sink.member(first);
                        },
                        id -> job.get())
                .write("j", true, out);

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
                        new ResultLine(1, 40, List.of(), null, null, true, 1280, 720)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new CocoWriter((id, follow, sink, pause) -> sink.member(member), id -> job(640, 480)).write("j", false, out);

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

    private String text(LineFormat format) throws IOException {
        StringBuilder out = new StringBuilder(format.header());
        for (Path member : List.of(first, second)) {
            MemberReader.each(member, line -> format.append(out, line));
        }
        return out.toString();
    }

    private Path member(String name, List<ResultLine> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.forEach(l -> l.appendTo(text));
        Path file = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
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
