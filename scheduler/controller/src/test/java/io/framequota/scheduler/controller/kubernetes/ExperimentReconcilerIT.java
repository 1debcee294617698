package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.scheduler.controller.enforce.kubernetes.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Experiments in a real cluster that has the image {@code framequota/fq} (or the one that FRAMEQUOTA_FQ_IMAGE names), with the
 * rights that the chart gives.
 */
@EnabledIfEnvironmentVariable(named = "KUBECONFIG", matches = ".+")
class ExperimentReconcilerIT {
    private static final String IMAGE = System.getenv().getOrDefault("FRAMEQUOTA_FQ_IMAGE", "framequota/fq:0.1.0");
    private static final Path CRD = Path.of("..", "..", "helm", "framequota", "crds", "experiments.yaml");
    private static final Path RIGHTS =
            Path.of("..", "..", "helm", "framequota", "templates", "experiments", "rbac.yaml");
    private static final String EXPERIMENT = "{\"apiVersion\":\"framequota.io/v1alpha1\",\"kind\":\"Experiment\","
            + "\"metadata\":{\"name\":\"%s\"},\"spec\":{\"home\":\"simulator\",\"cores\":2,%s}}";
    private static final String SIMULATED =
            EXPERIMENT.formatted("%s", "\"workload\":{\"batch\":{%s}},\"policies\":[\"divide-and-conquer\",\"%s\"]");
    private static final int SECONDS = 180;

    private static TestCluster cluster;
    private static KubernetesClient runner;
    private static KubernetesClient scheduler;
    private static ExperimentReconciler runs;

    @BeforeAll
    static void connect() throws IOException {
        cluster = new TestCluster();
        cluster.admin.load(Files.newInputStream(CRD)).forceConflicts().serverSideApply();
        runner = cluster.as("runner", TestCluster.chartRules(RIGHTS, "experiment"));
        List<PolicyRule> rules = new ArrayList<>(TestCluster.schedulerRules("experiments"));
        rules.addAll(TestCluster.chartRules(RIGHTS, "scheduler-experiments"));
        scheduler = cluster.as("scheduler", rules);
        runs = new ExperimentReconciler(
                scheduler, cluster.namespace, new ExperimentJob(IMAGE, "IfNotPresent", "runner"));
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @Test
    void resultsOfAnExperimentAreInItsStatus() throws Exception {
        create(SIMULATED.formatted("seed", "\"sizes\":[1,1,1,1]", "one-request-at-a-time"));

        GenericKubernetesResource done = ended("seed");

        assertThat(done.<String>get("status", "best")).isEqualTo("one-request-at-a-time");
        assertThat(done.<List<?>>get("status", "policies")).hasSize(2);
        assertThat(cluster.admin
                        .configMaps()
                        .inNamespace(cluster.namespace)
                        .withName(done.get("status", "report"))
                        .get()
                        .getData())
                .containsKeys("experiment.yaml", "report.html", "report.json", "runs.csv");
    }

    @Test
    void recreatedExperimentIsRunAgain() throws Exception {
        create(SIMULATED.formatted("again", "\"sizes\":[1,1,1,1]", "one-request-at-a-time"));
        GenericKubernetesResource before = ended("again");
        cluster.admin.resource(before).delete();
        create(SIMULATED.formatted("again", "\"sizes\":[1,1,1,1]", "lottery"));

        GenericKubernetesResource done = ended("again");

        assertThat(done.<Object>get("status", "report")).isNotEqualTo(before.get("status", "report"));
        assertThat(conditions(done)).contains("no policy 'lottery'");
    }

    @Test
    void accountsHaveNoFurtherRights() {
        String in = cluster.namespace;
        refused(() -> scheduler.batch().v1().jobs().inNamespace(in).list());
        refused(() ->
                scheduler.batch().v1().jobs().inNamespace(in).withName("any").delete());
        refused(() -> scheduler.configMaps().inNamespace(in).list());
        refused(() -> scheduler.pods().inNamespace(in).withName("any").delete());
        refused(() -> runner.batch().v1().jobs().inNamespace(in).withName("any").get());
        refused(() -> runner.configMaps().inNamespace(in).withName("any").delete());
        refused(() -> runner.secrets().inNamespace(in).list());
    }

    private static void refused(ThrowingCallable what) {
        assertThatThrownBy(what).isInstanceOf(KubernetesClientException.class).hasMessageContaining("forbidden");
    }

    @Test
    void imageThatCannotBePulledIsReported() throws Exception {
        create(SIMULATED.formatted("pull", "\"sizes\":[1]", "gang"));
        ExperimentReconciler without = new ExperimentReconciler(
                scheduler, cluster.namespace, new ExperimentJob("framequota/no-such:1", "Never", "runner"));

        GenericKubernetesResource waiting =
                until("pull", without, e -> conditions(e).contains("reason=NoImage"));

        assertThat(conditions(waiting)).contains("status=Unknown").contains("framequota/no-such:1 cannot be pulled");
        cluster.admin.resource(waiting).delete();
    }

    @Test
    void experimentInPodsRunsWithTheChartsRightsAndLeavesNoPods() throws Exception {
        create("{\"apiVersion\":\"framequota.io/v1alpha1\",\"kind\":\"Experiment\",\"metadata\":{\"name\":\"pods\"},"
                + "\"spec\":{\"home\":\"kubernetes\",\"cores\":2,\"scale\":{\"kubernetes\":0.1},"
                + "\"workload\":{\"batch\":{\"sizes\":[0.6,0.6]}},"
                + "\"policies\":[\"one-core-per-request\",\"one-request-at-a-time\"]}}");

        GenericKubernetesResource done = ended("pods");

        assertThat(conditions(done)).contains("status=True");
        assertThat(done.<List<?>>get("status", "policies")).hasSize(2);
        assertThat(cluster
                        .admin
                        .pods()
                        .inNamespace(cluster.namespace)
                        .withLabel("app.kubernetes.io/name", "framequota-experiment")
                        .list()
                        .getItems()
                        .stream()
                        .map(p -> p.getMetadata().getName())
                        .filter(name -> name.startsWith("burner-")))
                .isEmpty();
    }

    @Test
    void resourceMayHaveServingModesAndLabels() throws Exception {
        create(EXPERIMENT.formatted(
                "modes",
                "\"workload\":{\"kind\":\"waiting\",\"batch\":{\"size\":1,\"count\":4}},"
                        + "\"serving\":[\"sequential\",\"platform-threads\"]"));
        create(EXPERIMENT.formatted(
                "due",
                "\"workload\":{\"batch\":{\"size\":1,\"count\":4,\"labels\":{\"deadline\":\"9\"}}},"
                        + "\"policies\":[\"edf\",\"auto\"]"));

        assertThat(ended("modes").<String>get("status", "best")).isEqualTo("platform-threads");
        assertThat(String.valueOf(ended("due").<Object>get("status", "conditions")))
                .contains("status=True");
    }

    @Test
    void serverRefusesPoliciesTogetherWithServingModes() {
        assertThatThrownBy(() -> create(EXPERIMENT.formatted(
                        "both",
                        "\"workload\":{\"batch\":{\"sizes\":[1]}},\"serving\":[\"sequential\"],"
                                + "\"policies\":[\"auto\"]")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("must validate one and only one schema (oneOf)");
    }

    @Test
    void errorThatOnlyTheParserFindsFailsWithItsLine() throws Exception {
        create(SIMULATED.formatted("lottery", "\"sizes\":[1]", "lottery"));

        GenericKubernetesResource done = ended("lottery");

        assertThat(conditions(done)).contains("status=False").contains("no policy 'lottery'");
    }

    @Test
    void resourceMayHaveGroupsOfJobsAndAnInvalidOneFailsWithItsField() throws Exception {
        String groups = "\"workload\":{\"batch\":[{\"size\":1,\"count\":3,\"labels\":{\"tenant\":\"a\"}},%s]},"
                + "\"policies\":[\"weighted-fair\",\"auto\"]";
        create(EXPERIMENT.formatted("tenants", groups.formatted("{\"sizes\":[1],\"labels\":{\"tenant\":\"b\"}}")));
        create(EXPERIMENT.formatted("half", groups.formatted("{\"size\":1}")));

        assertThat(conditions(ended("tenants"))).contains("status=True");
        assertThat(conditions(ended("half")))
                .contains("status=False")
                .contains("workload.batch[1]: the field sizes is missing");
    }

    @Test
    void serverRefusesTwoWorkloads() {
        assertThatThrownBy(() -> create(EXPERIMENT.formatted(
                        "two", "\"workload\":{\"batch\":{\"sizes\":[1]},\"poisson\":{}},\"policies\":[\"auto\"]")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("must validate one and only one schema (oneOf)");
    }

    private static GenericKubernetesResource ended(String name) {
        return until(name, runs, ExperimentCustomResource::hasEnded);
    }

    private static GenericKubernetesResource until(
            String name, ExperimentReconciler runs, Predicate<GenericKubernetesResource> condition) {
        return Awaitility.await("the experiment " + name)
                .atMost(Duration.ofSeconds(SECONDS))
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> {
                            runs.reconcile();
                            return ExperimentCustomResource.all(cluster.admin, cluster.namespace).stream()
                                    .filter(e -> e.getMetadata().getName().equals(name))
                                    .findFirst()
                                    .orElseThrow();
                        },
                        condition);
    }

    private static String conditions(GenericKubernetesResource experiment) {
        return String.valueOf(experiment.<Object>get("status", "conditions"));
    }

    private static void create(String json) {
        cluster.admin
                .resource(Serialization.unmarshal(json, GenericKubernetesResource.class))
                .inNamespace(cluster.namespace)
                .create();
    }
}
