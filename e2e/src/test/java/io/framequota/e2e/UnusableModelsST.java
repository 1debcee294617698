package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a model cannot be used is said where it is asked for, not in a log. */
@Tag("long")
class UnusableModelsST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    /** Models that cannot be used, with what has to be said of them. */
    private Map<String, String> repository(Path models) throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        Files.writeString(entry(models, "no-graph").resolve("1/model.onnx"), "this is no model");
        reasons.put("no-graph", "ONNX Runtime cannot load model.onnx");
        Files.writeString(
                entry(models, "sixteen").resolve("config.pbtxt"), "max_batch_size: 0", StandardCharsets.UTF_16);
        reasons.put("sixteen", "config.pbtxt, line 1: the text is UTF-16");
        if (Files.exists(SharedData.MODEL)) {
            YoloxRepository.make(models, SharedData.MODEL);
            Path yolox = models.resolve("yolox_nano");
            Path typo = entry(models, "typo");
            Files.copy(yolox.resolve("1/model.onnx"), typo.resolve("1/model.onnx"));
            Files.writeString(
                    typo.resolve("config.pbtxt"),
                    Files.readString(yolox.resolve("config.pbtxt"))
                            .replace("\"yolox_nano\"", "\"typo\"")
                            .replace("\"yolox\"", "\"yolx\""));
            reasons.put("typo", "framequota.postprocess is 'yolx'");
        }
        return reasons;
    }

    private static Path entry(Path models, String name) throws IOException {
        Path model = models.resolve(name);
        Files.createDirectories(model.resolve("1"));
        Files.writeString(model.resolve("config.pbtxt"), "max_batch_size: 0");
        return model;
    }

    @Test
    void theReasonIsInTheErrorTheListAndTheApi() throws IOException {
        Path models = folder.resolve("models");
        Map<String, String> reasons = repository(models);
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"), "--model-repository", models.toString())) {
            JsonNode listed = system.get("/api/v1/models");
            Fq.Ended list = Fq.run(LIMIT, "models", "--server", system.url());
            assertThat(list.code()).as(list.err()).isZero();
            for (Map.Entry<String, String> model : reasons.entrySet()) {
                assertThat(listed).as(listed.toString()).anySatisfy(m -> {
                    assertThat(m.path("name").asText()).isEqualTo(model.getKey());
                    assertThat(m.path("reason").asText()).contains(model.getValue());
                });
                assertThat(list.out())
                        .contains(model.getKey() + " cannot be used: ")
                        .contains(model.getValue());

                Fq.Ended submitted =
                        Fq.run(LIMIT, "submit", "sample:walkers", "--model", model.getKey(), "--server", system.url());
                assertThat(submitted.code()).as(submitted.err()).isNotZero();
                assertThat(submitted.err())
                        .contains("cannot be used: ")
                        .contains(model.getValue())
                        .doesNotContain(folder.toString())
                        .doesNotContain("Exception");
            }
            assertThat(list.out()).contains("people").doesNotContain(folder.toString());
        }
        Fq.Ended detected = Fq.run(
                LIMIT,
                "detect",
                "sample:walkers",
                "--model",
                "no-graph",
                "--model-repository",
                models.toString(),
                "--workers",
                "1",
                "-o",
                folder.resolve("out.jsonl").toString());
        assertThat(detected.code()).as(detected.err()).isNotZero();
        assertThat(detected.err()).contains("cannot be used: ONNX Runtime cannot load model.onnx");
    }
}
