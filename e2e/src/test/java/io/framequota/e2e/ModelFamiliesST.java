package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model of each family, of which only the file is given: {@code fq model add} tells the family, and workers find the object that it
 * always finds, with the embedded server and with a real Triton that loads the same repository.
 */
@Tag("long")
class ModelFamiliesST {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    private static Path models;
    private static Path picture;
    /** The entries, with the value of {@code framequota.postprocess} that each must have got. */
    private static final List<String[]> ENTRIES = new ArrayList<>();

    @BeforeAll
    static void add() throws IOException {
        models = folder.resolve("models");
        // Twice the size of the models' pictures.
        picture = folder.resolve("grey.png");
        ImageIO.write(new BufferedImage(128, 128, BufferedImage.TYPE_3BYTE_BGR), "png", picture.toFile());
        Path labels = Files.writeString(folder.resolve("labels.txt"), "\uFEFFzero\r\none\r\ntwo\r\n");
        for (Map.Entry<String, ModelProto> model : FamilyModels.all().entrySet()) {
            String name = model.getKey().replace(':', '_');
            Path file =
                    Files.write(folder.resolve(name + ".onnx"), model.getValue().toByteArray());
            Fq.Ended added = Fq.run(
                    LIMIT,
                    "model",
                    "add",
                    file.toString(),
                    "--repository",
                    models.toString(),
                    "--labels",
                    labels.toString());
            assertThat(added.code()).as(added.err()).isZero();
            assertThat(added.out().strip()).isEqualTo(models.resolve(name).toString());
            ENTRIES.add(new String[] {name, model.getKey().replaceAll(":.*", "")});
        }
    }

    @Test
    void theEmbeddedServerGivesTheKnownAnswers() {
        try (RunningSystem system =
                RunningSystem.up(folder.resolve("embedded"), "--model-repository", models.toString())) {
            assertAnswers(system);
        }
    }

    @Test
    void aRealTritonGivesTheKnownAnswers() throws IOException {
        assumeTrue(
                Files.exists(SharedData.TRITON) && Files.exists(TritonServer.PYTHON),
                () -> "skipped: no Triton is installed by " + SharedData.TRITON);
        try (TritonServer triton = TritonServer.on(folder, models);
                RunningSystem system = RunningSystem.up(
                        folder.resolve("triton"),
                        "--triton",
                        triton.address(),
                        "--model-repository",
                        models.toString())) {
            assertAnswers(system);
        }
    }

    private static void assertAnswers(RunningSystem system) {
        JsonNode listed = system.get("/api/v1/models");
        for (String[] entry : ENTRIES) {
            assertThat(listed).as(listed.toString()).anySatisfy(m -> {
                assertThat(m.path("name").asText()).isEqualTo(entry[0]);
                assertThat(m.path("postprocess").asText()).isEqualTo(entry[1]);
            });
            String job = system.server()
                    .upload(picture, entry[0], Map.of())
                    .path("job")
                    .asText();
            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
            assertThat(system.lines(job)).singleElement().satisfies(line -> {
                assertThat(line.path("detections")).as(entry[0] + ": " + line).hasSize(1);
                JsonNode found = line.path("detections").path(0);
                assertThat(found.path("class").asText()).as(entry[0]).isEqualTo("one");
                assertThat(found.path("score").asDouble()).as(entry[0]).isCloseTo(0.75, within(1e-3));
                boolean whole = entry[1].equals("classifier");
                double[] box = whole ? new double[] {0, 0, 128, 128} : new double[] {40, 40, 80, 120};
                for (int i = 0; i < 4; i++) {
                    assertThat(found.path("box").path(i).asDouble())
                            .as(entry[0] + ": " + line)
                            .isCloseTo(box[i], within(0.1));
                }
            });
        }
    }
}
