package io.framequota.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentRunner;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.simulator.SimulatorPredictor;
import io.framequota.lab.worker.BurnerPolicyRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real pods in the cluster of KUBECONFIG, which has the image {@code framequota/fq} (or the one that FRAMEQUOTA_FQ_IMAGE names)
 * and a few hundred millicores to spare.
 */
@EnabledIfEnvironmentVariable(named = "KUBECONFIG", matches = ".+")
@Timeout(300)
class KubernetesBackendIT {
    private static final String IMAGE = System.getenv().getOrDefault("FRAMEQUOTA_FQ_IMAGE", "framequota/fq:0.1.0");
    private static final String SMALL = """
            name: small
            cores: 2
            scale: { kubernetes: 0.1 }
            workload: { batch: { sizes: [0.6, 0.6] } }
            policies: [one-core-per-request, one-request-at-a-time]
            """;

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (KubernetesClient client = ClusterConnection.open()) {
            for (int i = 0; i < 60 && running(client) > 0; i++) {
                Thread.sleep(500);
            }
            assertThat(running(client)).isZero();
        }
    }

    @Test
    void quotasOfPodsAreThoseOfThePolicyAndReadBack() throws Exception {
        try (KubernetesBackend backend = KubernetesBackend.open(settings(Optional.empty(), IMAGE));
                BurnerPolicyRunner runner = new BurnerPolicyRunner(backend, new SimulatorPredictor())) {
            List<ContenderResult> results = new ExperimentRunner(runner, (e, a) -> Optional.empty(), progress -> {})
                    .run(List.of(read(SMALL)), 1);

            Run cores = results.get(0).runs().getFirst();
            assertThat(cores.jobs()).hasSize(2);
            assertThat(cores.changes())
                    .extracting(Run.Change::millicores)
                    .contains(100.0)
                    .doesNotContain(200.0);
            Run one = results.get(1).runs().getFirst();
            assertThat(one.changes()).extracting(Run.Change::millicores).contains(200.0);
            assertThat(one.handoverMs()).isPositive();
            assertThat(one.predictedMeanS()).isPresent();
            assertThat(one.throttledS()).isPositive();
            assertThat(backend.facts().get("quotas read back")).contains("equal");
        }
    }

    @Test
    void containersHaveTheQuotasOfTheFileThoughTheyPromiseMoreThanThereIs() throws Exception {
        Experiment three = read("""
                name: three
                cores: 7
                workload: { batch: { size: 0.05, count: 3 } }
                serving: [ { name: containers, total: [0.05, 0.5], period_ms: 100 } ]
                """);
        KubernetesServingRunner.check(three);
        try (KubernetesServingRunner server =
                new KubernetesServingRunner(KubernetesBackend.open(settings(Optional.empty(), IMAGE)))) {
            List<ContenderResult> results = new ExperimentRunner(server, progress -> {}).run(List.of(three), 1);

            Run small = results.get(0).runs().getFirst();
            assertThat(small.jobs()).hasSize(3);
            assertThat(small.measures().get(ServingMetric.QUOTA_MILLI).measured())
                    .isEqualTo(116);
            assertThat(small.throttledS()).isPositive();
            Run whole = results.get(1).runs().getFirst();
            assertThat(whole.measures().get(ServingMetric.QUOTA_MILLI).measured())
                    .isEqualTo(1000);
            assertThat(server.facts().get("quotas read back")).contains("equal");
            assertThat(server.facts().get("limits")).contains("request of 10m");
        }
    }

    @Test
    void whatIsNoContainerOrHasAnotherPeriodIsRefused() throws IOException {
        Experiment daemons = read("""
                name: d
                cores: 2
                workload: { batch: { size: 0.05, count: 3 } }
                serving: [ { name: daemons, workers: 2 } ]
                """);
        assertThatThrownBy(() -> KubernetesServingRunner.check(daemons))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("allowed with --on kubernetes: containers");
        Experiment second = read("""
                name: s
                cores: 2
                workload: { batch: { size: 0.05, count: 3 } }
                serving: [ { name: containers, total: 0.5, period_ms: 1000 } ]
                """);
        assertThatThrownBy(() -> KubernetesServingRunner.check(second))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("a kubelet's period is 100 ms");
    }

    @Test
    void anIdleWorkerIsParkedAndAnswers() throws Exception {
        try (KubernetesBackend backend = KubernetesBackend.open(settings(Optional.empty(), IMAGE))) {
            backend.workers(2, 200);

            // Reads each quota back and fails unless it is the allocated one.
            assertThat(backend.count().workers().cpuS()).isPositive();
        }
    }

    @Test
    void whatIsNotThereIsSaidInOneLine() {
        assertThatThrownBy(() -> KubernetesBackend.open(settings(Optional.of("no-such-namespace"), IMAGE)))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("there is no such namespace");
        try (KubernetesBackend backend = KubernetesBackend.open(settings(Optional.empty(), "framequota/no-such:1"))) {
            assertThatThrownBy(() -> backend.workers(1, 100))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessageContaining("--image");
        }
    }

    /** As a user asks for it from outside. */
    private static BurnerPodSettings settings(Optional<String> namespace, String image) {
        return new BurnerPodSettings(namespace, image, "IfNotPresent", Optional.empty());
    }

    private static long running(KubernetesClient client) {
        return client
                .pods()
                .inAnyNamespace()
                .withLabels(Map.of("app.kubernetes.io/name", "framequota-experiment"))
                .list()
                .getItems()
                .stream()
                .filter(p -> p.getMetadata().getName().startsWith("burner-"))
                .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
                .count();
    }

    private Experiment read(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        return new ExperimentFile(file, "x.yaml").read().getFirst();
    }
}
