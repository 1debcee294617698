package io.framequota.scheduler.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.framequota.contract.control.LeadRequest;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.scheduler.controller.enforce.kubernetes.TestCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged scheduler in a real cluster, as a service account with the rights that the chart gives: scripted workers named
 * like real pods. The cluster has helm/framequota/crds.
 */
@EnabledIfEnvironmentVariable(named = "KUBECONFIG", matches = ".+")
class ClusterSchedulerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path CRD = Path.of("..", "..", "helm", "framequota", "crds", "quotapolicies.yaml");
    private static final ResourceDefinitionContext QUOTA_POLICIES = new ResourceDefinitionContext.Builder()
            .withGroup("framequota.io")
            .withVersion("v1alpha1")
            .withKind("QuotaPolicy")
            .withPlural("quotapolicies")
            .withNamespaced(true)
            .build();

    @TempDir
    static Path folder;

    private static LocalBroker broker;
    private static TestCluster cluster;
    private static Path kubeconfig;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeAuthority authority;

    @BeforeAll
    static void connect() throws IOException {
        broker = LocalBroker.start(folder.resolve("kafka"), freePort(), freePort());
        cluster = new TestCluster();
        cluster.admin.load(Files.newInputStream(CRD)).serverSideApply();
        kubeconfig = kubeconfig("scheduler", cluster.token("scheduler", TestCluster.schedulerRules("leader")));
    }

    private static Path kubeconfig(String account, String token) throws IOException {
        Path config = folder.resolve("kubeconfig-" + account);
        String ca = cluster.admin.getConfiguration().getCaCertData();
        String file = cluster.admin.getConfiguration().getCaCertFile();
        return Files.writeString(config, """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: it
                    cluster: {server: "%s", %s}
                users:
                  - name: it
                    user: {token: "%s"}
                contexts:
                  - name: it
                    context: {cluster: it, user: it}
                current-context: it
                """.formatted(
                        cluster.admin.getConfiguration().getMasterUrl(),
                        ca != null ? "certificate-authority-data: " + ca : "certificate-authority: \"" + file + "\"",
                        token));
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
        broker.close();
    }

    @BeforeEach
    void startAuthority() throws IOException {
        authority = open(new FakeAuthority(broker.bootstrap()));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void quotasFollowTheAllocationAndAQuotaPolicyChangesIt() throws Exception {
        Pod first = cluster.worker("worker-0", "100m");
        Pod second = cluster.worker("worker-1", "100m");
        ScriptedWorker one = worker("worker-0");
        ScriptedWorker two = worker("worker-1");
        one.holding = true;
        two.holding = true;
        SchedulerProcess scheduler = scheduler(Map.of(
                "FRAMEQUOTA_POLICY", "divide-and-conquer",
                "FRAMEQUOTA_BUDGET", "400",
                "FRAMEQUOTA_ACTUATOR", "quota",
                "FRAMEQUOTA_KUBERNETES_QUOTAPOLICY", "live"));
        await(
                "quotas are in force",
                () -> "quota"
                        .equals(allocation(scheduler)
                                .map(a -> a.path("actuator").asText())
                                .orElse("")));

        authority.submit("a", 3);
        authority.submit("b", 3);
        await("each job has half of the budget", () -> quota(first) == 20_000 && quota(second) == 20_000);
        await(
                "nothing is wrong",
                () -> allocation(scheduler).orElseThrow().path("notice").isNull());
        await(
                "the readings show it",
                () -> allocation(scheduler)
                        .orElseThrow()
                        .path("workers")
                        .findValuesAsText("quota")
                        .equals(List.of("200", "200")));
        JsonNode workers = allocation(scheduler).orElseThrow().path("workers");
        assertThat(workers.findValuesAsText("throttled_seconds")).containsExactly("0.25", "0.25");
        assertThat(workers.findValuesAsText("cpu_seconds")).containsExactly("1.5", "1.5");
        await(
                "and so do the metrics",
                () -> scheduler
                        .get("/q/metrics")
                        .body()
                        .contains("framequota_worker_quota_millicores{worker=\"worker-0\"} 200.0"));

        apply("live", "{policy: one-at-a-time, budget: 300}");
        await("the head has everything", () -> quota(first) + quota(second) == 31_000);
        await("the status says so", () -> "True".equals(applied("live").get("status")));
        assertThat(applied("live").get("message")).asString().contains("one-request-at-a-time decides");
        assertThat(allocation(scheduler).orElseThrow().path("policy").asText()).isEqualTo("one-request-at-a-time");

        apply("live", "{policy: lottery, budget: 300}");
        await(
                "the status says that it is not",
                () -> "False".equals(applied("live").get("status")));
        assertThat(applied("live").get("message")).asString().contains("no policy 'lottery'");
        assertThat(allocation(scheduler).orElseThrow().path("policy").asText()).isEqualTo("one-request-at-a-time");

        scheduler.put("/api/v1/policy", "{\"policy\":\"srpt\"}");
        Awaitility.await("the last writer wins")
                .during(Duration.ofSeconds(3))
                .atMost(LIMIT)
                .until(() -> "srpt"
                        .equals(allocation(scheduler)
                                .orElseThrow()
                                .path("policy")
                                .asText()));

        apply("live", "{policy: divide-and-conquer, actuator: dispatch}");
        await(
                "chunks take turns again",
                () -> "dispatch"
                        .equals(allocation(scheduler)
                                .orElseThrow()
                                .path("actuator")
                                .asText()));
        one.holding = false;
        two.holding = false;
        await("both jobs end", () -> authority.ended("a") && authority.ended("b"));

        Pod late = cluster.worker("worker-2", "100m");
        worker("worker-2");
        await("a pod that is made later has its core, too", () -> quota(late) == 100_000);
        assertThat(cluster.pod("worker-2")
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getRequests()
                        .get("cpu"))
                .as("it reserves no more")
                .isEqualTo(new Quantity("100m"));
        await(
                "nothing is wrong",
                () -> allocation(scheduler).orElseThrow().path("notice").isNull());
    }

    @Test
    void aRejectedQuotaPolicyStaysRejectedUntilItIsChangedOrMadeAgain() throws Exception {
        worker("worker-7");
        Map<String, String> settings = Map.of(
                "FRAMEQUOTA_POLICY", "divide-and-conquer",
                "FRAMEQUOTA_BUDGET", "400",
                "FRAMEQUOTA_KUBERNETES_QUOTAPOLICY", "again");
        SchedulerProcess first = scheduler(settings);
        await("the first leads", first::ready);
        apply("again", "{policy: lottery, budget: 300, actuator: quota}");
        await("it is rejected", () -> "False".equals(applied("again").get("status")));

        first.kill();
        SchedulerProcess second = scheduler(settings);
        await("the second has seen it", () -> second.log().contains("generation 1 stays rejected"));
        await("the second answers", second::ready);

        assertThat(applied("again").get("status")).isEqualTo("False");
        assertThat(applied("again").get("message")).asString().contains("no policy 'lottery'");
        JsonNode allocation = allocation(second).orElseThrow();
        assertThat(allocation.path("policy").asText()).isEqualTo("divide-and-conquer");
        assertThat(allocation.path("actuator").asText()).isEqualTo("dispatch");

        quotaPolicy("again").delete();
        apply("again", "{policy: srpt}");
        assertThat(quotaPolicy("again").get().getMetadata().getGeneration()).isEqualTo(1);
        await("the new one is applied", () -> "True".equals(applied("again").get("status")));
        assertThat(allocation(second).orElseThrow().path("policy").asText()).isEqualTo("srpt");
    }

    @Test
    void anotherSchedulerTakesOverFromAKilledOne() throws Exception {
        worker("worker-9");
        SchedulerProcess first =
                scheduler(Map.of("FRAMEQUOTA_KUBERNETES_LEASE", "leader", "FRAMEQUOTA_SCHEDULER_NAME", "s-0"));
        await("the first leads", first::ready);
        SchedulerProcess second =
                scheduler(Map.of("FRAMEQUOTA_KUBERNETES_LEASE", "leader", "FRAMEQUOTA_SCHEDULER_NAME", "s-1"));
        await("the second stands by", second::replicaReady);
        assertThat(second.ready()).isFalse();
        assertThat(first.replicaReady()).isTrue();
        assertThat(authority.leads()).extracting(LeadRequest::getScheduler).containsOnly("s-0");
        assertThat(authority.leads()).extracting(LeadRequest::getAddress).containsOnly(first.address());

        long before = authority.epoch();
        first.kill();
        await("the second leads", second::ready);
        assertThat(second.replicaReady()).isTrue();
        assertThat(authority.epoch()).isGreaterThan(before);
        assertThat(authority.leads().getLast().getAddress()).isEqualTo(second.address());
        authority.submit("a", 3);
        await("the job ends", () -> authority.ended("a"));
    }

    @Test
    void withoutTheRightToResizeChunksAreDispatched() throws Exception {
        worker("worker-8");
        SchedulerProcess scheduler =
                scheduler(Map.of("FRAMEQUOTA_KUBERNETES_NAMESPACE", "default", "FRAMEQUOTA_ACTUATOR", "quota"));
        await("it is ready", scheduler::ready);
        await(
                "it says why",
                () -> allocation(scheduler)
                        .map(a -> a.path("notice").asText())
                        .orElse("")
                        .contains("may not patch pods/resize in namespace default"));

        assertThat(allocation(scheduler).orElseThrow().path("actuator").asText())
                .isEqualTo("dispatch");
        authority.submit("a", 3);
        await("the job ends all the same", () -> authority.ended("a"));
    }

    @Test
    void withoutTheRightToResizeHeldBackWorkersAreNamed() throws Exception {
        cluster.worker("worker-6", "100m");
        worker("worker-6");
        String token =
                cluster.token("onlooker", List.of(TestCluster.rule("", List.of("pods"), "get", "list", "watch")));
        SchedulerProcess scheduler = scheduler(
                Map.of("KUBECONFIG", kubeconfig("onlooker", token).toString(), "FRAMEQUOTA_ACTUATOR", "quota"));
        await("it is ready", scheduler::ready);
        await(
                "it says who, why and what to do",
                () -> allocation(scheduler)
                        .map(a -> a.path("notice").asText())
                        .orElse("")
                        .contains("worker-6 may use 100 of its 1000 millicores"));

        assertThat(allocation(scheduler).orElseThrow().path("notice").asText())
                .contains("quota cannot be used because", "may not patch pods/resize in namespace " + cluster.namespace)
                .contains("helm upgrade --set scheduler.actuator=dispatch");
        assertThat(scheduler.log().lines().filter(l -> l.contains("worker-6 may use")))
                .as("told once")
                .hasSize(1);
    }

    private static long quota(Pod pod) throws IOException {
        return cluster.quotaUs(pod).orElse(0L);
    }

    private static Optional<JsonNode> allocation(SchedulerProcess scheduler) throws Exception {
        return scheduler.ready() ? Optional.of(scheduler.json("/api/v1/allocation")) : Optional.empty();
    }

    private static void apply(String name, String spec) {
        cluster.admin
                .resource("apiVersion: framequota.io/v1alpha1\nkind: QuotaPolicy\nmetadata: {name: " + name
                        + ", namespace: " + cluster.namespace + "}\nspec: " + spec + "\n")
                .forceConflicts()
                .serverSideApply();
    }

    private static Resource<GenericKubernetesResource> quotaPolicy(String name) {
        return cluster.admin
                .genericKubernetesResources(QUOTA_POLICIES)
                .inNamespace(cluster.namespace)
                .withName(name);
    }

    private static Map<?, ?> applied(String name) {
        GenericKubernetesResource resource = quotaPolicy(name).get();
        Object observed = resource.get("status", "observedGeneration");
        boolean current = observed instanceof Number n
                && n.longValue() == resource.getMetadata().getGeneration();
        return current && resource.get("status", "conditions", 0) instanceof Map<?, ?> condition ? condition : Map.of();
    }

    private ScriptedWorker worker(String name) {
        return open(new ScriptedWorker(broker.bootstrap(), name, authority, 5));
    }

    private SchedulerProcess scheduler(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "FRAMEQUOTA_KUBERNETES_NAMESPACE", cluster.namespace,
                "FRAMEQUOTA_KUBERNETES_WORKERS", TestCluster.WORKERS));
        all.putAll(settings);
        return open(new SchedulerProcess(folder, broker.bootstrap(), authority, all));
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
