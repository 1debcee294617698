package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From nothing to detections with a model of one's own: {@code fq model} and {@code fq detect}. */
@Tag("long")
class ModelAddST {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Guide GUIDE = Guide.of("docs/guides/models.md");

    @TempDir
    Path folder;

    private Fq.Ended fq(String... arguments) {
        return Fq.run(LIMIT, Map.of("XDG_STATE_HOME", folder.resolve("state").toString()), arguments);
    }

    private Fq.Ended done(String... arguments) {
        Fq.Ended ended = fq(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended;
    }

    /** Runs the guide's command that begins so, in the test's folder; returns what it printed. */
    private String guide(String start, String more) {
        String command = GUIDE.command(start)
                .replaceAll(" +#.*", "")
                .replace("./fq", Fq.ROOT.resolve("fq").toString());
        return Commands.run(
                "bash",
                "-c",
                "cd " + folder + " && FRAMEQUOTA_NO_BUILD=1 XDG_STATE_HOME=" + folder.resolve("state") + " " + command
                        + " " + more);
    }

    @Test
    void aModelThatIsMissingIsAddedDescribedUsedMeasuredAndRemoved() throws Exception {
        assumeTrue(Files.exists(SharedData.MODEL), "skipped: there is no " + SharedData.MODEL);
        byte[] model = Files.readAllBytes(SharedData.MODEL);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, model.length);
            exchange.getResponseBody().write(model);
            exchange.close();
        });
        server.start();
        String mirror = "http://127.0.0.1:" + server.getAddress().getPort();
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
        try {
            Fq.Ended missing = fq("detect", SharedData.VIDEO.toString(), "--model", "yolox_nano");
            assertThat(missing.code()).isEqualTo(2);
            assertThat(missing.err()).hasLineCount(1).endsWith("to add it type: fq model add yolox_nano\n");

            Fq.Ended other = Fq.run(
                    LIMIT,
                    Map.of("XDG_STATE_HOME", folder.resolve("state").toString(), "FRAMEQUOTA_MODEL_MIRROR", mirror),
                    "model",
                    "add",
                    "yolox_nano");
            assertThat(other.code()).isEqualTo(1);
            assertThat(other.err())
                    .as("another export than the one in the catalogue")
                    .contains("yolox_nano.onnx")
                    .contains("; nothing was added");

            done("model", "add", mirror + "/yolox_nano.onnx", "--sha256", digest);
        } finally {
            server.stop(0);
        }
        assertThat(done("model", "describe", "yolox_nano").out())
                .contains("input         images FP32 [1,3,416,416]")
                .contains("postprocess   yolox: a row for each of 3549 cells")
                .doesNotContain("missing");

        // From here on as the guide writes it. What it downloads from other machines was done above.
        Files.createSymbolicLink(folder.resolve("best.onnx"), SharedData.MODEL);
        Files.createSymbolicLink(folder.resolve("yolox_nano.onnx"), SharedData.MODEL);
        Files.createSymbolicLink(folder.resolve("street.mp4"), SharedData.VIDEO);
        Files.writeString(folder.resolve("helmets.txt"), "helmet\nhead\n");
        guide("./fq model describe best.onnx", "");
        guide("./fq model add best.onnx", "");
        assertThat(guide("./fq model list", ""))
                .containsPattern("yolox_nano +1 +yolox +80 +3.7")
                .containsPattern("helmets +1 +yolox +2 +3.7")
                .contains("to add it: fq model add yolox_s");
        guide("./fq detect street.mp4 --model yolox_nano", "--every 8 -o out.jsonl.gz");
        List<JsonNode> reference = DetectST.lines(SharedData.REFERENCE);
        List<JsonNode> found = DetectST.lines(folder.resolve("out.jsonl.gz"));
        Agreement agreement = Agreement.of(
                found,
                found.stream()
                        .map(line -> reference.get(line.path("frame").asInt()))
                        .toList());
        assertThat(agreement.here()).isPositive();
        assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(0.99);

        guide("./fq model prepare yolox_nano.onnx", "");
        assertThat(guide("./fq model benchmark yolox_nano", "--seconds 0.2 --instances 1")
                        .lines())
                .element(1)
                .asString()
                .matches("1 +1 +[0-9.]+ +[0-9.]+ +[0-9.]+");
        assertThat(done(
                                "model",
                                "benchmark",
                                "yolox_nano_8bit",
                                "--repository",
                                folder.resolve("models").toString(),
                                "--seconds",
                                "0.2",
                                "--batch",
                                "1,4,16",
                                "--instances",
                                "1")
                        .out()
                        .lines())
                .hasSize(3)
                .element(2)
                .asString()
                .matches("1 +4 +[0-9.]+ +[0-9.]+ +[0-9.]+");

        done("model", "remove", "yolox_nano");
        assertThat(folder.resolve("state/framequota/models/yolox_nano")).doesNotExist();
    }
}
