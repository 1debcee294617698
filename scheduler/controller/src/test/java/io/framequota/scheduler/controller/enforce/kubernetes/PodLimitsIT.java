package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Quotas of real pods in a real cluster, with the rights that the chart gives and no others. */
@EnabledIfEnvironmentVariable(named = "KUBECONFIG", matches = ".+")
class PodLimitsIT {
    private static TestCluster cluster;
    private static KubernetesClient scheduler;
    private static WorkerPods pods;

    private final Map<String, WriteOutcome> heard = new ConcurrentHashMap<>();
    private @Nullable PodLimits limits;

    @BeforeAll
    static void connect() {
        cluster = new TestCluster();
        scheduler = cluster.as("scheduler", TestCluster.schedulerRules("scheduler"));
        pods = new WorkerPods(cluster.namespace, TestCluster.WORKERS, TestCluster.CONTAINER);
    }

    @AfterAll
    static void disconnect() {
        cluster.close();
    }

    @AfterEach
    void close() {
        if (limits != null) {
            limits.close();
        }
        // What they reserve is not there for others.
        cluster.admin.pods().inNamespace(cluster.namespace).delete();
    }

    @Test
    void aQuotaMovesRequestAndLimitAndReachesTheKernel() throws Exception {
        Pod pod = cluster.worker("resized", "100m");
        PodLimits opened = open(Actuator.QUOTA);
        assertThat(opened.inForce("resized")).hasValue(100);
        assertThat(opened.inForce("stranger")).isEmpty();

        opened.write("resized", 250);
        await("the pod's status shows it", () -> opened.inForce("resized").getAsDouble() == 250);

        Pod after = cluster.pod("resized");
        assertThat(after.getStatus().getQosClass()).isEqualTo("Burstable");
        assertThat(after.getStatus().getContainerStatuses().getFirst().getRestartCount())
                .isZero();
        assertThat(after.getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getRequests()
                        .get("cpu"))
                .isEqualTo(new Quantity("250m"));
        assertThat(cluster.quotaUs(pod)).as("only on the node itself").hasValue(25_000L);

        opened.write("resized", 10);
        await("the kernel has the least there is", () -> cluster.quotaUs(pod).orElseThrow() == 1000);
    }

    @Test
    void aWeightMovesTheRequestAndLeavesTheLimit() throws Exception {
        cluster.worker("weighed", "200m", "1");
        PodLimits opened = open(Actuator.WEIGHT);

        opened.write("weighed", 100);
        await("the pod's status shows it", () -> opened.inForce("weighed").getAsDouble() == 100);
        opened.write("weighed", 350);
        await(
                "it is above what the pod began with",
                () -> opened.inForce("weighed").getAsDouble() == 350);

        assertThat(limit("weighed")).isEqualTo(new Quantity("1"));
    }

    @Test
    void weightRaisesTheLimitOfAPodThatWasCreatedForQuotas() throws Exception {
        Pod pod = cluster.worker("former", "100m");
        PodLimits opened = open(Actuator.WEIGHT);
        assertThat(opened.inForce("former")).as("so that it is written").hasValue(0);

        opened.write("former", 350);
        await("the pod's status shows it", () -> opened.inForce("former").getAsDouble() == 350);

        assertThat(limit("former")).isEqualTo(new Quantity("1"));
        assumeThat(cluster.quotaUs(pod)).isPresent();
        await("the kernel lets it use a core", () -> cluster.quotaUs(pod).orElseThrow() == 100_000);
    }

    private static Quantity limit(String pod) {
        return cluster.pod(pod)
                .getSpec()
                .getContainers()
                .getFirst()
                .getResources()
                .getLimits()
                .get("cpu");
    }

    @Test
    void resizeBeyondTheNodeIsInfeasibleAndTheOldQuotaStays() throws Exception {
        Pod pod = cluster.worker("greedy", "100m");
        PodLimits opened = open(Actuator.QUOTA);

        WriteOutcome why = whyNot(opened, "greedy", 900_000);

        assertThat(why).isInstanceOf(WriteOutcome.Infeasible.class);
        await("an event says so on the pod", () -> events("greedy").contains("QuotaInfeasible"));
        assertThat(opened.inForce("greedy")).hasValue(100);
        assumeThat(cluster.quotaUs(pod)).isPresent();
        assertThat(cluster.quotaUs(pod)).hasValue(10_000L);
    }

    @Test
    void dispatchNeedsNoRoomOnTheNode() throws Exception {
        cluster.worker("neighbour", "100m");
        Pod pod = cluster.worker("freed", "100m");
        PodLimits opened = open(Actuator.QUOTA);
        opened.write("freed", 10);
        int whole = Math.ceilDiv(allocatable(pod), 1000) * 1000;

        opened.unlimit("freed", 50, whole);
        await(
                "what cannot be reserved may be used",
                () -> opened.inForce("freed").getAsDouble() == whole);

        assertThat(heard.get("freed")).isNotInstanceOf(WriteOutcome.Missed.class);
        assertThat(cluster.pod("freed")
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getRequests()
                        .get("cpu"))
                .isEqualTo(new Quantity("50m"));
    }

    private static int allocatable(Pod pod) {
        return cluster.admin
                .nodes()
                .withName(pod.getSpec().getNodeName())
                .get()
                .getStatus()
                .getAllocatable()
                .get("cpu")
                .getNumericalAmount()
                .movePointRight(3)
                .intValue();
    }

    @Test
    void resizeBeyondTheFreeCpuIsDeferredUntilThereIsRoom() throws Exception {
        cluster.worker("neighbour", "100m");
        cluster.worker("waits", "100m");
        PodLimits opened = open(Actuator.QUOTA);
        int allocatable = allocatable(cluster.pod("waits"));

        opened.write("waits", (allocatable - 60) / 10 * 10);
        await(
                "it is deferred",
                () -> heard.get("waits") instanceof WriteOutcome.Deferred deferred && deferred.inForce() == 100);
        assertThat(opened.inForce("waits")).hasValue(100);

        opened.write("waits", 110);
        await("what fits comes into force", () -> new WriteOutcome.Applied(110).equals(heard.get("waits")));
    }

    @Test
    void limitRangeOfTheNamespaceIsAnEventOnThePod() throws Exception {
        cluster.worker("forbidden", "100m");
        cluster.admin
                .limitRanges()
                .inNamespace(cluster.namespace)
                .resource(new LimitRangeBuilder()
                        .withNewMetadata()
                        .withName("small")
                        .endMetadata()
                        .withNewSpec()
                        .addNewLimit()
                        .withType("Container")
                        .withMax(Map.of("cpu", new Quantity("300m")))
                        .endLimit()
                        .endSpec()
                        .build())
                .create();
        try {
            PodLimits opened = open(Actuator.QUOTA);

            assertThat(opened.write("forbidden", 400))
                    .hasValueSatisfying(
                            o -> assertThat(((WriteOutcome.Forbidden) o).why()).contains("300m"));
            await("an event says so on the pod", () -> events("forbidden").contains("QuotaForbidden"));
        } finally {
            cluster.admin
                    .limitRanges()
                    .inNamespace(cluster.namespace)
                    .withName("small")
                    .delete();
        }
    }

    @Test
    void withoutTheRightToResizeTheReasonNamesTheNamespace() {
        KubernetesClient onlooker =
                cluster.as("onlooker", List.of(TestCluster.rule("", List.of("pods"), "get", "list", "watch")));

        assertThatThrownBy(() -> PodLimits.open(onlooker, pods, Actuator.QUOTA, (w, o) -> {}, new ReportedCpuUse()))
                .isInstanceOf(LimitsUnavailableException.class)
                .hasMessageContaining("may not patch pods/resize in namespace " + cluster.namespace);
    }

    @Test
    void schedulerHasNoFurtherRights() {
        cluster.worker("safe", "10m");
        List<PolicyRule> rules = TestCluster.schedulerRules("scheduler");
        assertThat(rules).isNotEmpty();

        assertForbidden(() ->
                scheduler.pods().inNamespace(cluster.namespace).withName("safe").delete());
        assertForbidden(() -> scheduler
                .pods()
                .inNamespace(cluster.namespace)
                .withName("safe")
                .edit(p -> {
                    p.getMetadata().setLabels(Map.of("a", "b"));
                    return p;
                }));
        assertForbidden(() -> scheduler.secrets().inNamespace(cluster.namespace).list());
        assertForbidden(
                () -> scheduler.configMaps().inNamespace(cluster.namespace).list());
        assertForbidden(() -> scheduler.nodes().list());
        assertForbidden(() -> scheduler.pods().inNamespace("kube-system").list());
        assertForbidden(() -> scheduler
                .leases()
                .inNamespace(cluster.namespace)
                .withName("other")
                .get());
    }

    private static void assertForbidden(Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOf(KubernetesClientException.class)
                .satisfies(e ->
                        assertThat(((KubernetesClientException) e).getCode()).isEqualTo(403));
    }

    private PodLimits open(Actuator actuator) {
        PodLimits opened = PodLimits.open(
                scheduler, pods, actuator, (worker, outcome) -> heard.put(worker, outcome), new ReportedCpuUse());
        limits = opened;
        return opened;
    }

    /** Refused at once by the API server, or a little later by the kubelet: releases differ. */
    private WriteOutcome whyNot(PodLimits opened, String worker, int millicores) throws Exception {
        Optional<WriteOutcome> atOnce = opened.write(worker, millicores);
        if (atOnce.isPresent()) {
            return atOnce.get();
        }
        await("it is pending", () -> heard.get(worker) instanceof WriteOutcome.Missed);
        return heard.get(worker);
    }

    private static List<String> events(String pod) {
        return cluster.admin.v1().events().inNamespace(cluster.namespace).list().getItems().stream()
                .filter(e -> pod.equals(e.getInvolvedObject().getName()))
                .map(Event::getReason)
                .toList();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }
}
