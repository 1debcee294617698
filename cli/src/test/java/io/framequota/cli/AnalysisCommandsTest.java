package io.framequota.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.terminal.Terminal;
import io.framequota.local.Installation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fq track} and {@code fq evaluate} as a user calls them. */
class AnalysisCommandsTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** A person walks 10 pixels a frame to the right; another stands. A line about a gap is between. */
    @BeforeEach
    void aResult() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int f = 0; f < 30; f++) {
            if (f == 10) {
                lines.append("{\"gap\":{\"from\":3,\"to\":4,\"reason\":\"dropped\"}}\n");
            }
            lines.append("{\"frame\":%d,\"pts_ms\":%d.0,\"oxts\":{\"speed\":1.5},\"detections\":["
                            .formatted(f, 100 * f))
                    .append(person(10 + 10 * f))
                    .append(',')
                    .append(person(500))
                    .append("]}\n");
        }
        Files.writeString(folder.resolve("r.jsonl"), lines);
    }

    private static String person(int x) {
        return "{\"class\":\"person\",\"class_id\":0,\"score\":0.9,\"box\":[%d.0,20.0,%d.0,100.0]}"
                .formatted(x, x + 40);
    }

    @Test
    void trackKeepsEveryLineAndAddsNumbersAndCounts() throws IOException {
        int code = run(
                "track",
                "r.jsonl",
                "-o",
                "t.jsonl.gz",
                "--zone",
                "line=100,0",
                "100,200",
                "--zone",
                "area=480,0 600,0 600,200 480,200");

        assertThat(code).isZero();
        assertThat(text(out)).contains("2 tracks");
        assertThat(text(out)
                        .lines()
                        .filter(l -> l.startsWith("line"))
                        .findFirst()
                        .orElseThrow()
                        .split(" +"))
                .containsExactly("line", "0", "1", "1", "-");
        assertThat(text(out)
                        .lines()
                        .filter(l -> l.startsWith("area"))
                        .findFirst()
                        .orElseThrow()
                        .split(" +"))
                .containsExactly("area", "1", "0", "1", "2.9");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve("t.jsonl.gz")))) {
            String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            assertThat(lines).hasSize(31);
            assertThat(lines[10]).isEqualTo("{\"gap\":{\"from\":3,\"to\":4,\"reason\":\"dropped\"}}");
            JsonNode last = new ObjectMapper().readTree(lines[30]);
            assertThat(last.path("oxts").path("speed").asDouble()).isEqualTo(1.5);
            assertThat(last.path("detections").path(0).path("track").asInt()).isEqualTo(1);
            assertThat(last.path("detections").path(1).path("track").asInt()).isEqualTo(2);
            assertThat(last.path("detections").path(1).path("zones").path(0).asText())
                    .isEqualTo("area");
        }
    }

    @Test
    void trackingTwiceGivesTheSame() throws IOException {
        run("track", "r.jsonl", "-o", "once.jsonl");
        run("track", "once.jsonl", "-o", "twice.jsonl");

        assertThat(folder.resolve("twice.jsonl")).hasSameTextualContentAs(folder.resolve("once.jsonl"));
    }

    @Test
    void evaluateComparesAResultWithCocoAndWithAResult() throws IOException {
        Files.writeString(
                folder.resolve("truth.json"),
                "{\"images\":[{\"id\":0},{\"id\":99}],\"categories\":[{\"id\":7,\"name\":\"person\"}],\"annotations\":"
                        + "[{\"image_id\":0,\"category_id\":7,\"bbox\":[10,20,40,80]}]}");

        assertThat(run("evaluate", "r.jsonl", "--truth", "truth.json", "--json"))
                .isZero();

        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("frames").asInt()).isEqualTo(1);
        assertThat(json.path("missing_frames").asInt()).isEqualTo(1);
        assertThat(json.path("unannotated_frames").asInt()).isEqualTo(29);
        assertThat(json.path("precision").asDouble()).isEqualTo(0.5);
        assertThat(json.path("recall").asDouble()).isEqualTo(1);
        assertThat(json.path("f1").asDouble()).isCloseTo(2.0 / 3, within(1e-9));
        assertThat(json.path("classes").path(0).path("class").asText()).isEqualTo("person");

        out.reset();
        run("track", "r.jsonl", "-o", "t.jsonl");
        out.reset();
        assertThat(run("evaluate", "t.jsonl", "--truth", "t.jsonl")).isZero();
        assertThat(text(out)).contains("1.0000").contains("MOTA 1.0000, 0 identity switches");
    }

    @Test
    void mistakesAreOneLineThatSaysWhatToDo() throws IOException {
        Files.writeString(folder.resolve("bad.jsonl"), "{\"frame\":0,\"pts_ms\":0,\"detections\":[]}\nnot json\n");
        Files.writeString(
                folder.resolve("twice.jsonl"), "{\"frame\":1,\"detections\":[]}\n{\"frame\":1,\"detections\":[]}\n");
        Files.writeString(folder.resolve("other.jsonl"), "{\"frame\":1000,\"detections\":[]}\n");

        Files.writeString(folder.resolve("coco.json"), "{\"images\":[],\"annotations\":[],\"categories\":[]}");
        refused("no line has \"frame\"", "track", "coco.json");
        refused("--utilization 0", "cost", "x", "--price-per-core-hour", "1", "--utilization", "0");
        refused("no such file", "track", "none.jsonl");
        refused("bad.jsonl, line 2", "track", "bad.jsonl");
        refused("frame 1 comes after frame 1", "track", "twice.jsonl");
        refused("would overwrite the source", "track", "r.jsonl", "-o", "r.jsonl");
        refused("one point", "track", "r.jsonl", "--zone", "a=1,2");
        refused("--low-score", "track", "r.jsonl", "--low-score", "0.9");
        refused("--iou 0", "evaluate", "r.jsonl", "--truth", "r.jsonl", "--iou", "0");
        refused("no frame in common", "evaluate", "r.jsonl", "--truth", "other.jsonl");
        refused("a folder", "evaluate", ".", "--truth", "r.jsonl");
        assertThat(folder.resolve("r.jsonl")).isNotEmptyFile();
    }

    @Test
    void costOfALatencyDoublesWithIt() throws IOException {
        assertThat(run(
                        "cost",
                        "--latency-ms",
                        "200",
                        "--requests-per-day",
                        "98630137",
                        "--price-per-core-hour",
                        "0.05",
                        "--json"))
                .isZero();

        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("cost_per_year").asDouble()).isCloseTo(100_000, within(1.0));
        assertThat(json.path("at_other_latencies").path(1).path("latency_ms").asDouble())
                .isEqualTo(400);
        assertThat(json.path("at_other_latencies").path(1).path("cost_per_year").asDouble())
                .isCloseTo(200_000, within(1.0));
        refused("either a job's id or --latency-ms", "cost", "--price-per-core-hour", "1");
        refused("needs --requests-per-day", "cost", "--price-per-core-hour", "1", "--latency-ms", "3");
        refused("above 0", "cost", "--price-per-core-hour", "1", "--latency-ms", "0", "--requests-per-day", "1");
        refused("at least 0", "cost", "--price-per-core-hour", "-1", "--latency-ms", "1", "--requests-per-day", "1");
    }

    @Test
    void costOfAJobIsItsProcessorTime() throws IOException {
        String job =
                "{\"job\":\"0123456789abcdef\",\"state\":\"SUCCEEDED\",\"frames\":500,\"seconds\":12.0,\"model_seconds\":27.0,"
                        + "\"decode_seconds\":3.0,\"overhead_seconds\":6.0}";
        try (StubServer stub = new StubServer().on("GET /api/v1/jobs/0123456789abcdef", 200, job)) {
            assertThat(run(
                            "cost",
                            "0123456789abcdef",
                            "--server",
                            stub.url(),
                            "--price-per-core-hour",
                            "1",
                            "--requests-per-day",
                            "10",
                            "--json"))
                    .isZero();
        }

        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("core_seconds").path("total").asDouble()).isEqualTo(36);
        assertThat(json.path("cost").asDouble()).isCloseTo(0.01, within(1e-12));
        assertThat(json.path("cost_per_1000_frames").asDouble()).isCloseTo(0.02, within(1e-12));
        assertThat(json.path("cost_per_year").asDouble()).isCloseTo(36.5, within(1e-9));
    }

    private void refused(String message, String... arguments) {
        err.reset();
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(text(err)).contains(message).hasLineCount(1);
    }

    private int run(String... arguments) {
        Terminal terminal = new Terminal(new PrintStream(out), new PrintStream(err), folder, false);
        Installation installation =
                new Installation(folder, Path.of("java"), folder.resolve("state"), folder.resolve("cache"));
        return FqMain.commandLine(terminal, installation, Map.of()).execute(arguments);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
