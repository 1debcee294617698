package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart on a real cluster: a job, a policy by {@code kubectl apply}, pods killed in the middle, an upgrade, a rollback and
 * an uninstall in the middle. {@code e2e/cluster/run} brings the images there and starts this.
 */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static Release release;

    @BeforeAll
    static void install() {
        release = Release.install(
                "fq-st-" + ProcessHandle.current().pid(),
                "--values",
                Path.of("src/test/cluster/values.yaml").toAbsolutePath().toString());
    }

    @AfterAll
    static void remove() {
        if (release != null) {
            release.close();
        }
    }

    @Test
    void aVideoHasTheSameDetectionsOnTheCluster() {
        Fq.Ended submitted = Fq.run(
                Duration.ofMinutes(1), "submit", "--server", release.server().url(), "--every", "4", "sample:walkers");
        assertThat(submitted.code()).as(submitted.err()).isZero();
        JsonNode end = release.server().awaitEnd(submitted.out().strip(), LIMIT);

        release.server().assertEveryFrameOnce(end, 4);
        assertThat(end.path("frames").asInt()).isEqualTo(30);
        assertThat(end.path("detections").asInt()).isGreaterThan(30);
    }

    @Test
    void applyingAQuotaPolicyChangesThePolicy() {
        release.apply("""
                apiVersion: framequota.io/v1alpha1
                kind: QuotaPolicy
                metadata: {name: fq-framequota}
                spec: {policy: one-request-at-a-time}
                """);
        release.server()
                .await(
                        "the live policy is the applied one",
                        Duration.ofSeconds(30),
                        () -> live().equals("one-request-at-a-time"));

        release.apply("""
                apiVersion: framequota.io/v1alpha1
                kind: QuotaPolicy
                metadata: {name: fq-framequota}
                spec: {policy: divide-and-conquer}
                """);
        release.server().await("it changes again", Duration.ofSeconds(30), () -> live().equals("divide-and-conquer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "kafka", "ingest-service", "postgresql"})
    void aKilledPodLosesNoFrame(String component) {
        String job = release.begun();

        release.kill(release.pods(component).getFirst());

        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);
    }

    @Test
    void anotherReplicaReplacesAKilledLeaderAndNoFrameIsLost() {
        String job = release.begun();
        String leader = release.leader();

        release.kill(leader);

        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);
        assertThat(release.leader()).isNotEqualTo(leader);
        release.server()
                .await(
                        "the successor answers",
                        Duration.ofMinutes(1),
                        () -> release.server().answers("/api/v1/allocation"));
    }

    @Test
    void everyWorkerReportsTheCpuUseOfItsContainer() {
        JsonNode end = release.server().awaitEnd(release.begun(), LIMIT);
        release.server().assertEveryFrameOnce(end, 2);

        release.server().await("the counters are there", Duration.ofSeconds(30), () -> counted("cpu_seconds") == 2);
        assertThat(counted("throttled_seconds")).isEqualTo(2);
    }

    /** Workers whose container a counter of the kernel is known of, and not zero. */
    private static long counted(String counter) {
        return release.server().get("/api/v1/allocation").path("workers").findValues(counter).stream()
                .filter(v -> v.asDouble() > 0)
                .count();
    }

    @Test
    void anUpgradeAndARollbackDuringAJobLoseNoFrame() {
        String job = release.begun();
        release.upgrade("--set", "podAnnotations.framequota\\.io/trial=upgraded");
        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);

        String next = release.begun();
        release.rollback();
        release.server().assertEveryFrameOnce(release.server().awaitEnd(next, LIMIT), 2);
    }

    @Test
    void aReinstalledReleaseContinuesItsJobs() {
        String job = release.begun();
        release.uninstall();
        release.reinstall();
        release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 2);
    }

    private static String live() {
        return release.server().get("/api/v1/policy").path("policy").asText();
    }
}
