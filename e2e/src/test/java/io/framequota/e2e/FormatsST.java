package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ExportFormat;
import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.format.SourceInfo;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tracks and formats of a result, on a running system. */
class FormatsST {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    static Path folder;

    private static RunningSystem system;
    private static String job;

    @BeforeAll
    static void up() {
        system = RunningSystem.up(folder.resolve("data"), Map.of("FRAMEQUOTA_CHUNK_FRAMES", "7"));
        job = system.submit("sample:walkers", "people", 1).path("job").asText();
        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        assertThat(end.path("chunks").asInt()).isGreaterThan(10);
    }

    @AfterAll
    static void down() {
        system.close();
    }

    /** Three people walk through the picture, two of them behind others for a while. */
    @Test
    void tracksGoOnOverChunksAndDoNotDependOnThem() throws Exception {
        List<JsonNode> tracked = tracked("tracks.jsonl");
        Path one = folder.resolve("one-chunk.jsonl");

        Fq.Ended detected = Fq.run(
                LIMIT,
                Map.of("FRAMEQUOTA_CHUNK_FRAMES", "1000"),
                "detect",
                "sample:walkers",
                "--private",
                "--track",
                "--zone",
                "middle=320,0 320,480",
                "--annotate",
                folder + "/tracked.mp4",
                "-o",
                one.toString(),
                "--json");

        assertThat(detected.code()).as(detected.err()).isZero();
        assertThat(Files.readAllLines(one).stream().map(Server::parse).toList()).isEqualTo(tracked);
        JsonNode summary = Server.parse(detected.out());
        assertThat(summary.path("chunks").asInt()).isEqualTo(1);
        assertThat(summary.path("tracks").asInt()).isEqualTo(numbers(tracked).size());
        assertThat(numbers(tracked)).hasSize(3);
        // Two walk to the right, which is the left of a line that goes down, and one to the left.
        assertThat(summary.path("zones").path(0).path("in").asInt()).isEqualTo(1);
        assertThat(summary.path("zones").path(0).path("out").asInt()).isEqualTo(2);
        assertThat(Files.size(folder.resolve("tracked.mp4"))).isPositive();
        JsonNode score = evaluated(one);
        // 2026-12-01: 0.93, with 21 of 314 boxes missed.
        assertThat(score.path("mota").asDouble()).as(score.toString()).isGreaterThan(0.88);
        assertThat(score.path("id_switches").asInt()).isZero();
    }

    @Test
    void everyFormatIsReadBackByTheProgramsThatPeopleUse() throws Exception {
        tracked("lines.jsonl");
        for (String format : List.of("coco", "csv", "mot", "kitti", "yolo", "cvat", "parquet")) {
            String suffix = switch (format) {
                case "coco" -> "coco.json";
                case "csv", "parquet" -> format;
                case "yolo" -> "yolo.zip";
                case "cvat" -> "cvat.xml";
                default -> format + ".txt";
            };
            results("--track", "--format", format, "-o", folder + "/out." + suffix);
        }
        // Without tracks the server writes the format.
        for (String name : List.of("images", "tracks")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.copy(folder.resolve("out.cvat.xml"), folder.resolve("tracks/annotations.xml"));
        results("--format", "cvat", "-o", folder + "/images/annotations.xml");
        results("--format", "mot", "-o", folder + "/plain.mot.txt");
        assertThat(Files.readAllLines(folder.resolve("plain.mot.txt"))).allMatch(l -> l.split(",")[1].equals("-1"));

        everyField();

        String read = python();

        assertThat(read)
                .contains(
                        "coco by pycocotools: 120 frames",
                        "csv by pandas: 120 frames",
                        "out.parquet by pyarrow and pandas, out.csv by pandas: ",
                        "all.parquet by pyarrow and pandas, all.csv by pandas: 5 rows, 26 columns",
                        "all.coco.json by pycocotools",
                        "mot by motmetrics: 120 frames",
                        "kitti by pandas: 120 frames",
                        "yolo by datumaro: 120 frames",
                        "cvat images by datumaro: 120 frames",
                        "cvat tracks by datumaro: 120 frames");
    }

    /** Lines of a drive, of a 360° video and of a frame that failed, with all that formats may keep of them. */
    private static void everyField() throws Exception {
        String lines = """
                {"frame":0,"pts_ms":0.48,"stream":"image_02","camera":"image_02","camera_frame":7,"time_ns":1317042145900480001,\
                "oxts":{"lat":49.015003823272,"lon":8.4342971002335,"speed":13.173,"heading":239.468},"file":"=1+1.png",\
                "detections":[{"class":"person","class_id":0,"score":0.9842,"box":[170.19,159.13,256.82,331.57],"distance_m":4.28,\
                "track":1,"zones":["hall","door"]},{"class":"@cat","class_id":15,"score":0.3,"box":[-1.5,0.0,4.0,9.0]}]}
                {"frame":1,"pts_ms":100.0,"file":"b.png","error":"-, \\"late\\"","detections":[]}
                {"frame":2,"pts_ms":200.0,"detections":[]}
                {"frame":3,"pts_ms":300.125,"width":1920,"height":960,"detections":[{"class":"person","class_id":0,"score":0.9604,\
                "box":[1901.31,437.56,1996.86,630.06],"yaw":-174.55,"pitch":-10.09,"width_deg":17.63,"height_deg":36.09,"track":2}]}
                {"frame":4,"pts_ms":400.0,"time_ns":1317042145900480003,"detections":[{"class":"person","class_id":0,\
                "score":0.5,"box":[1.0,2.0,3.0,4.0]}]}
                """;
        Files.writeString(folder.resolve("all.jsonl"), lines);
        ResultFrames frames = (sink, pause) -> {
            for (String line : lines.lines().toList()) {
                sink.frame(ResultFrame.of((ObjectNode) Server.parse(line)));
            }
        };
        for (ExportFormat format : List.of(ExportFormat.CSV, ExportFormat.PARQUET, ExportFormat.COCO)) {
            String suffix =
                    format == ExportFormat.COCO ? "coco.json" : format.name().toLowerCase(Locale.ROOT);
            try (OutputStream out = Files.newOutputStream(folder.resolve("all." + suffix))) {
                format.write(frames, () -> new SourceInfo("a drive.zip", 1242, 375), out);
            }
        }
    }

    private static List<JsonNode> tracked(String name) throws IOException {
        results("--track", "-o", folder.resolve(name).toString());
        return Files.readAllLines(folder.resolve(name)).stream()
                .map(Server::parse)
                .toList();
    }

    private static void results(String... options) {
        List<String> command = new ArrayList<>(List.of("results", job, "--server", system.url()));
        command.addAll(List.of(options));
        Fq.Ended ended = Fq.run(LIMIT, command.toArray(String[]::new));
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    private static Set<Long> numbers(List<JsonNode> lines) {
        Set<Long> numbers = new HashSet<>();
        for (JsonNode line : lines) {
            line.path("detections").forEach(d -> {
                if (d.has("track")) {
                    numbers.add(d.path("track").asLong());
                }
            });
        }
        return numbers;
    }

    /** The tracks of a result against the boxes with which the scene was drawn. */
    private static JsonNode evaluated(Path result) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode truth = json.createObjectNode();
        ArrayNode images = truth.putArray("images");
        ArrayNode annotations = truth.putArray("annotations");
        for (JsonNode frame : json.readTree(
                folder.resolve("data/storage/samples/walkers-2.truth.json").toFile())) {
            images.addObject().put("id", frame.path("frame").asInt());
            for (JsonNode one : frame.path("boxes")) {
                JsonNode box = one.path("box");
                double left = box.path(0).asDouble();
                double top = box.path(1).asDouble();
                ObjectNode annotation = annotations
                        .addObject()
                        .put("id", annotations.size())
                        .put("image_id", frame.path("frame").asInt())
                        .put("category_id", 1)
                        .put("iscrowd", one.path("visible").asDouble() < 0.4 ? 1 : 0)
                        // Each walks on a line of his own.
                        .put("track_id", box.path(3).asInt());
                annotation
                        .putArray("bbox")
                        .add(left)
                        .add(top)
                        .add(box.path(2).asDouble() - left)
                        .add(box.path(3).asDouble() - top);
            }
        }
        truth.putArray("categories").addObject().put("id", 1).put("name", "person");
        Path file = folder.resolve("truth.json");
        json.writeValue(file.toFile(), truth);
        Fq.Ended ended =
                Fq.run(LIMIT, "evaluate", result.toString(), "--truth", file.toString(), "--iou", "0.3", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        return Server.parse(ended.out()).path("tracks");
    }

    /** Runs the comparison; skips the test where Python or a reader is missing. */
    private static String python() throws Exception {
        String python = System.getenv().getOrDefault("FRAMEQUOTA_TEST_PYTHON", "python3");
        Path script = folder.resolve("formats.py");
        try (var in = FormatsST.class.getResourceAsStream("/formats.py")) {
            Files.copy(in, script);
        }
        Path out = folder.resolve("formats.out");
        Process process;
        try {
            process = new ProcessBuilder(python, script.toString(), folder.toString(), "640", "480", "sample:walkers")
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "skipped: no " + python);
            throw e;
        }
        int code = process.waitFor();
        String text = Files.readString(out, StandardCharsets.UTF_8);
        // Who names a Python wants the comparison.
        assumeTrue(
                code != 3 || System.getenv("FRAMEQUOTA_TEST_PYTHON") != null,
                "skipped: " + text.strip() + "; pip install -r e2e/clients/formats.txt, and name its"
                        + " python in FRAMEQUOTA_TEST_PYTHON");
        assertThat(code).as(text).isZero();
        System.out.println(text);
        return text;
    }
}
