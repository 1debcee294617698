package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real path against what a plain Python program finds in the same video with the same model. The data is not the
 * project's: {@code FRAMEQUOTA_SHARED} names the folder that has it, {@code ../shared} beside the project by default.
 */
class AccuracyST {
    private static final Path SHARED = Path.of(System.getenv()
            .getOrDefault("FRAMEQUOTA_SHARED", Fq.ROOT.resolveSibling("shared").toString()));
    private static final Path VIDEO = SHARED.resolve("media/one-by-one-person-detection.mp4");
    private static final Path MODEL = SHARED.resolve("models/yolox_nano.onnx");
    private static final Path REFERENCE = SHARED.resolve("media/one-by-one-person-detection.yolox_nano.jsonl.gz");

    @Test
    void detectionsAreThoseOfThePlainProgram(@TempDir Path folder) throws IOException {
        assumeTrue(Files.exists(VIDEO) && Files.exists(MODEL), () -> "skipped: no test data in " + SHARED);
        Path repository = YoloxRepository.make(folder.resolve("models"), MODEL);
        Path out = folder.resolve("out.jsonl.gz");

        Fq.Ended ended = Fq.run(
                Duration.ofMinutes(5),
                "detect",
                VIDEO.toString(),
                "--model",
                "yolox_nano",
                "--model-repository",
                repository.toString(),
                "-o",
                out.toString(),
                "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        List<JsonNode> found = DetectST.lines(out);
        List<JsonNode> reference = DetectST.lines(REFERENCE);
        assertThat(found).hasSameSizeAs(reference).hasSize(1394);
        Agreement agreement = Agreement.of(found, reference);
        System.out.println("F1 against the plain program: " + agreement);
        assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(0.97);
    }
}
