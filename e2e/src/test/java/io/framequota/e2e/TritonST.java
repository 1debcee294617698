package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fq detect --triton} against a real Triton. */
@Tag("long")
class TritonST {
    @Test
    void aRealTritonGivesTheSameDetections(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(SharedData.TRITON) && Files.exists(TritonServer.PYTHON),
                () -> "skipped: no Triton is installed by " + SharedData.TRITON);
        Path repository = YoloxRepository.make(folder.resolve("models"), SharedData.MODEL);
        List<JsonNode> embedded =
                detect(folder.resolve("embedded.jsonl.gz"), "--model-repository", repository.toString());
        List<JsonNode> triton;
        try (TritonServer server = TritonServer.start(folder)) {
            triton = detect(folder.resolve("triton.jsonl.gz"), "--triton", server.address());
        }

        assertThat(triton).hasSameSizeAs(embedded).hasSize(175);
        Agreement agreement = Agreement.of(triton, embedded);
        System.out.println("F1 of a real Triton against the embedded server: " + agreement);
        assertThat(agreement.here()).isPositive();
        // The embedded server adds the first layer's products in another order, so a score at the threshold may differ.
        // Triton computes the padding of its square pictures, the embedded server leaves it out.
        assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(0.99);
        assertThat(triton.getFirst().path("detections"))
                .allSatisfy(d -> assertThat(d.path("class").asText()).isNotEmpty());
    }

    private static List<JsonNode> detect(Path out, String... where) throws IOException {
        Fq.Ended ended = Fq.run(
                Duration.ofMinutes(5),
                Stream.concat(
                                Stream.of("detect", SharedData.VIDEO.toString(), "--model", "yolox_nano"),
                                Stream.concat(Stream.of(where), Stream.of("--every", "8", "-o", out.toString())))
                        .toArray(String[]::new));
        assertThat(ended.code()).as(ended.err()).isZero();
        return DetectST.lines(out);
    }
}
