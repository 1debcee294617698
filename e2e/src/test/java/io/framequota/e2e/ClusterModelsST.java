package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A model from a folder of the node on the installed chart, computed by each kind of compute that the chart installs, against what
 * a plain Python program finds in the same video. {@code FRAMEQUOTA_E2E_TRITON} names a Triton image on the node,
 * {@code REPOSITORY:TAG}.
 */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
@EnabledIfEnvironmentVariable(
        named = "FRAMEQUOTA_E2E_VOLUMES",
        matches = ".+",
        disabledReason = "no folder of the node is named")
class ClusterModelsST {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int EVERY = 8;
    private static final String TRITON = System.getenv("FRAMEQUOTA_E2E_TRITON");

    private final Path folder = Path.of(System.getenv("FRAMEQUOTA_E2E_VOLUMES"))
            .resolve("models-" + ProcessHandle.current().pid());

    @BeforeEach
    void make() {
        assumeTrue(Files.exists(SharedData.VIDEO), () -> "skipped: no " + SharedData.VIDEO);
        Commands.run("install", "-d", "-m", "755", folder.toString());
    }

    @AfterEach
    void remove() {
        Commands.run("rm", "-rf", folder.toString());
    }

    @Test
    void theEmbeddedServerFindsTheDetectionsOfAPlainProgram() throws IOException {
        YoloxRepository.make(folder, SharedData.MODEL);
        try (Release release = installed(folder)) {
            detectsAsThePlainProgram(release);
            limitsAreQuotas(release);
        }
    }

    @Test
    void aTritonBesideEachWorkerFindsTheSameDetections() throws IOException, InterruptedException {
        assumeTrue(TRITON != null, "skipped: FRAMEQUOTA_E2E_TRITON names no image");
        try (Release release = installed(TritonServer.repository(folder), triton("sidecar"))) {
            detectsAsThePlainProgram(release);
            limitsAreQuotas(release);
        }
    }

    @Test
    void oneTritonForAllWorkersFindsTheSameDetections() throws IOException, InterruptedException {
        assumeTrue(TRITON != null, "skipped: FRAMEQUOTA_E2E_TRITON names no image");
        try (Release release =
                installed(TritonServer.repository(folder), triton("shared"), "scheduler.actuator=dispatch")) {
            detectsAsThePlainProgram(release);
            assertThat(release.pods("triton")).hasSize(1);
        }
    }

    private static Release installed(Path repository, String... more) {
        Commands.run("chmod", "-R", "a+rX", repository.toString());
        List<String> settings = new ArrayList<>(List.of(
                "--values",
                Path.of("src/test/cluster/values.yaml").toAbsolutePath().toString(),
                "--set",
                "models.volume.hostPath=" + repository));
        for (String setting : more) {
            settings.addAll(List.of("--set", setting));
        }
        return Release.install("fq-models-" + ProcessHandle.current().pid(), settings.toArray(String[]::new));
    }

    private static String triton(String mode) {
        int tag = TRITON.lastIndexOf(':');
        return "compute.mode=%s,compute.triton.image.repository=%s,compute.triton.image.tag=%s"
                .formatted(mode, TRITON.substring(0, tag), TRITON.substring(tag + 1));
    }

    private static void detectsAsThePlainProgram(Release release) {
        Fq.Ended submitted = Fq.run(
                Duration.ofMinutes(1),
                "submit",
                "--server",
                release.server().url(),
                "--model",
                "yolox_nano",
                "--every",
                "" + EVERY,
                SharedData.VIDEO.toString());
        assertThat(submitted.code()).as(submitted.err()).isZero();
        JsonNode end = release.server().awaitEnd(submitted.out().strip(), LIMIT);

        release.server().assertEveryFrameOnce(end, EVERY);
        List<JsonNode> found = release.server().lines(end.path("job").asText());
        List<JsonNode> all = DetectST.lines(SharedData.REFERENCE);
        List<JsonNode> reference = IntStream.range(0, all.size())
                .filter(i -> i % EVERY == 0)
                .mapToObj(all::get)
                .toList();
        assertThat(found).hasSameSizeAs(reference).hasSize(175);
        Agreement agreement = Agreement.of(found, reference);
        System.out.println("F1 on the cluster against the plain program: " + agreement);
        assertThat(agreement.here()).isPositive();
        assertThat(agreement.f1()).as(agreement.toString()).isGreaterThanOrEqualTo(0.97);
    }

    /** Every worker's quota is the limit of the container that computes, and nothing was in the way of it. */
    private static void limitsAreQuotas(Release release) {
        release.server().await("quotas are the containers' limits", Duration.ofMinutes(1), () -> {
            JsonNode workers = release.server().get("/api/v1/allocation").path("workers");
            return workers.size() == 2
                    && StreamSupport.stream(workers.spliterator(), false)
                            .allMatch(w -> w.path("millicores").path("trouble").isNull()
                                    && w.path("millicores").path("quota").asInt()
                                            == release.limit(w.path("worker").asText()));
        });
    }
}
