package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What frames that travel as JPEG cost in accuracy, and what they save in bytes. */
@Tag("long")
class JpegST {
    private static final int EVERY = 8;
    private static final int RAW_FRAME = 416 * 234 * 3;

    @ParameterizedTest
    @CsvSource({"0, 0.97, 0.1", "95, 0.94, 0.333", "90, 0.9, 0.333"})
    void framesTakeFarFewerBytesAndDetectionsNearlyEqualThoseOfAPlainProgram(
            int quality, double leastF1, double mostBytes, @TempDir Path folder) throws IOException {
        assumeTrue(
                Files.exists(SharedData.VIDEO) && Files.exists(SharedData.MODEL),
                () -> "skipped: no " + SharedData.VIDEO);
        Path repository = YoloxRepository.make(folder.resolve("models"), SharedData.MODEL);
        try (RunningSystem system = RunningSystem.up(
                folder.resolve("data"),
                "--model-repository",
                repository.toString(),
                "--jpeg-quality",
                Integer.toString(quality))) {
            double before = sentBytes(system);
            Fq.Ended submitted = Fq.run(
                    Duration.ofMinutes(1),
                    "submit",
                    "--server",
                    system.url(),
                    "--model",
                    "yolox_nano",
                    "--every",
                    Integer.toString(EVERY),
                    SharedData.VIDEO.toString());
            assertThat(submitted.code()).as(submitted.err()).isZero();

            JsonNode end = system.awaitEnd(submitted.out().strip(), Duration.ofMinutes(5));

            double perFrame = (sentBytes(system) - before) / end.path("frames").asInt();
            system.server().assertEveryFrameOnce(end, EVERY);
            List<JsonNode> found = system.lines(end.path("job").asText());
            List<JsonNode> reference = DetectST.lines(SharedData.REFERENCE).stream()
                    .filter(line -> line.path("frame").asInt() % EVERY == 0)
                    .toList();
            assertThat(found).hasSameSizeAs(reference).hasSize(175);
            Agreement agreement = Agreement.of(found, reference);
            String transport = end.path("frame_transport").asText();
            System.out.printf(
                    "%s: F1 against the plain program %s, %.0f bytes a frame (%.3f of raw), %.2f ms a frame busy outside"
                            + " decoding and the model%n",
                    transport,
                    agreement,
                    perFrame,
                    perFrame / RAW_FRAME,
                    end.path("overhead_seconds").asDouble() * 1000 / found.size());
            assertThat(transport).isEqualTo(quality == 0 ? "packets" : "jpeg-" + quality);
            assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(leastF1);
            assertThat(perFrame).isLessThan(RAW_FRAME * mostBytes);
        }
    }

    /** What the producer of frames has sent, headers and all. */
    static double sentBytes(RunningSystem system) {
        return Pattern.compile(
                        "^kafka_producer_outgoing_byte_total\\{client_id=\"kafka-producer-frames\".*} (\\S+)$",
                        Pattern.MULTILINE)
                .matcher(system.server().text("/q/metrics"))
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no bytes of the frames' producer"));
    }
}
