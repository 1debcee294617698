package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that follow the backlog: the cluster's own HPA controller, asked by the chart to look at the scheduler's gauge, and KEDA
 * with Prometheus, where they are.
 */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterScalingST {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** More than one worker computes while two others start. */
    private static final int JOBS = 6;

    private static final String METRIC = "framequota_backlog_core_seconds";
    private static final String WORKERS = "fq-framequota-worker";

    private static final String HPA = "fq-scaling-" + ProcessHandle.current().pid();
    private static final String KEDA = "fq-keda-" + ProcessHandle.current().pid();

    @TempDir
    Path folder;

    @Test
    void workersScaleWithTheBacklog() throws IOException, GeneralSecurityException {
        assumeTrue(ExternalMetricsApi.possible(), "skipped: the cluster's node is another machine");
        try (Release release = install(HPA, "worker.autoscaling.type=hpa");
                ExternalMetrics metrics = ExternalMetrics.serve(
                        release,
                        METRIC,
                        "namespace=%s,service=fq-framequota-scheduler".formatted(HPA),
                        () -> backlog(release),
                        folder)) {
            comeAndGo(release);
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(named = Keda.PROGRAMS, matches = ".+", disabledReason = "KEDA is not here")
    void workersScaleWithTheBacklogByKeda() throws IOException {
        assumeTrue(ExternalMetricsApi.possible(), "skipped: the cluster's node is another machine");
        try (Keda keda = Keda.of(folder);
                Release release = install(KEDA, "worker.autoscaling.type=keda", keda.values())) {
            keda.start(release);
            comeAndGo(release);
        }
    }

    private static Release install(String namespace, String... values) {
        List<String> options = new ArrayList<>(List.of(
                "--set",
                "worker.autoscaling.targetCoreSeconds=2,worker.autoscaling.cooldownSeconds=0",
                "--set",
                "worker.autoscaling.maxReplicas=3,worker.compute.cpu=250m",
                "--set",
                "ingest.env.FRAMEQUOTA_CHUNK_FRAMES=8"));
        for (String value : values) {
            options.addAll(List.of("--set", value));
        }
        return Release.install(namespace, options.toArray(String[]::new));
    }

    private static void comeAndGo(Release release) {
        release.server().await("one worker is enough", LIMIT, () -> workers(release) == 1);

        List<String> jobs = Stream.generate(() -> release.server().submit("sample:walkers", "people"))
                .limit(JOBS)
                .map(job -> job.path("job").asText())
                .toList();
        release.server().await("all workers are there", LIMIT, () -> ready(release) == 3);
        assertThat(backlog(release)).as("what they came for").isPositive();

        for (String job : jobs) {
            release.server().assertEveryFrameOnce(release.server().awaitEnd(job, LIMIT), 1);
        }
        release.server().await("one worker is enough again", LIMIT, () -> workers(release) == 1);
        assertThat(backlog(release)).isZero();
    }

    private static double backlog(Release release) {
        String page = release.kubectl(
                "get",
                "--raw",
                "/api/v1/namespaces/%s/pods/%s:8082/proxy/q/metrics"
                        .formatted(
                                release.namespace(), release.pods("scheduler").getFirst()));
        return page.lines()
                .filter(line -> line.startsWith(METRIC + " ") || line.startsWith(METRIC + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static int workers(Release release) {
        return release.object("statefulset", WORKERS)
                .path("spec")
                .path("replicas")
                .asInt();
    }

    private static int ready(Release release) {
        return release.object("statefulset", WORKERS)
                .path("status")
                .path("readyReplicas")
                .asInt();
    }
}
