package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real path against what a plain Python program finds in the same video with the same model. */
@Tag("long")
class AccuracyST {
    @Test
    void detectionsEqualThoseOfAPlainProgram(@TempDir Path folder) throws IOException {
        assumeTrue(
                Files.exists(SharedData.VIDEO) && Files.exists(SharedData.MODEL),
                () -> "skipped: no " + SharedData.VIDEO);
        Path repository = YoloxRepository.make(folder.resolve("models"), SharedData.MODEL);
        Path out = folder.resolve("out.jsonl.gz");

        Fq.Ended ended = Fq.run(
                Duration.ofMinutes(5),
                "detect",
                SharedData.VIDEO.toString(),
                "--model",
                "yolox_nano",
                "--model-repository",
                repository.toString(),
                "-o",
                out.toString(),
                "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        List<JsonNode> found = DetectST.lines(out);
        List<JsonNode> reference = DetectST.lines(SharedData.REFERENCE);
        assertThat(found).hasSameSizeAs(reference).hasSize(1394);
        Agreement agreement = Agreement.of(found, reference);
        System.out.println("F1 against the plain program: " + agreement);
        assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(0.97);
    }
}
