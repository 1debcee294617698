package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Workers that follow the backlog: the cluster's own HPA controller, asked by the chart to look at the scheduler's gauge. */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_E2E_CLUSTER", matches = "true")
class ClusterScalingST {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** More than one worker computes while two others start. */
    private static final int JOBS = 6;

    private static final String METRIC = "framequota_backlog_core_seconds";
    private static final String WORKERS = "fq-framequota-worker";

    @Test
    void workersComeWithTheBacklogAndGoWithIt(@TempDir Path folder) throws IOException, GeneralSecurityException {
        assumeTrue(ExternalMetrics.possible(), "skipped: the cluster's node is another machine");
        String namespace = "fq-scaling-" + ProcessHandle.current().pid();
        try (Release release = Release.install(
                        namespace,
                        "--set",
                        "worker.autoscaling.type=hpa,worker.autoscaling.targetCoreSeconds=2",
                        "--set",
                        "worker.autoscaling.maxReplicas=3,worker.compute.cpu=250m",
                        "--set",
                        "ingest.env.FRAMEQUOTA_CHUNK_FRAMES=8");
                ExternalMetrics metrics = ExternalMetrics.serve(
                        release,
                        METRIC,
                        "namespace=%s,service=fq-framequota-scheduler".formatted(namespace),
                        () -> backlog(release),
                        folder)) {
            // The controller's own default is to wait for five minutes before it takes a worker away.
            release.kubectl(
                    "patch",
                    "hpa",
                    WORKERS,
                    "--type=merge",
                    "--patch",
                    "{\"spec\":{\"behavior\":{\"scaleDown\":{\"stabilizationWindowSeconds\":0}}}}");
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
