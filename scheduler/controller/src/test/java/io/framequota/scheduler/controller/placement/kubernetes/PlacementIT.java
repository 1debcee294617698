package io.framequota.scheduler.controller.placement.kubernetes;

import static io.framequota.scheduler.controller.placement.kubernetes.FakeCluster.await;
import static io.framequota.scheduler.controller.placement.kubernetes.FakeCluster.gang;
import static io.framequota.scheduler.controller.placement.kubernetes.FakeCluster.ours;
import static io.framequota.scheduler.controller.placement.kubernetes.FakeCluster.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Placement on 200 fake nodes of a real API server, which {@code e2e/cluster/placement-check} starts: its kubeconfig is in
 * {@code FRAMEQUOTA_KWOK_KUBECONFIG}, the command that starts the stock scheduler in {@code FRAMEQUOTA_KUBE_SCHEDULER}.
 */
@EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_KWOK_KUBECONFIG", matches = ".+")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlacementIT {
    private static final int NODES = 196;
    private static final int CORES = 16;
    private static final String TAINT = "framequota.io/special";

    private static FakeCluster cluster;
    private static BindingRecorder bindings;
    private final List<Process> processes = new ArrayList<>();

    @BeforeAll
    static void nodes() {
        cluster = new FakeCluster(Path.of(System.getenv("FRAMEQUOTA_KWOK_KUBECONFIG")));
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(FakeCluster.node("kwok-" + i, CORES, Map.of("zone", "z" + i % 3)));
        }
        for (int i = 0; i < 4; i++) {
            nodes.add(new NodeBuilder(FakeCluster.node("special-" + i, CORES, Map.of("zone", "special")))
                    .editSpec()
                    .addNewTaint("NoSchedule", TAINT, null, "yes")
                    .endSpec()
                    .build());
        }
        cluster.createNodes(nodes);
        bindings = new BindingRecorder(cluster.client);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @AfterAll
    static void close() {
        bindings.close();
        cluster.close();
    }

    @Test
    @Order(1)
    void aThousandPodsWithGangsArePlacedOnceAcrossAKillInTheMiddle() throws Exception {
        cluster.namespace("others");
        cluster.namespace("pool");
        cluster.createPods(others(200));
        List<Pod> pods = workers();
        int half = pods.size() / 2;
        cluster.createPods(pods.subList(0, half));

        Process first = start("bind", "pool");
        await("200 bindings", 60, () -> bindings.bound("pool").size() >= 200);
        first.destroyForcibly().waitFor();
        int atKill = bindings.bound("pool").size();
        cluster.createPods(pods.subList(half, pods.size()));
        cluster.client.pods().inNamespace("others").withLabel("leaves", "yes").delete();
        cluster.createPods(impossible());
        start("bind", "pool");
        await("all pods that fit are bound", 120, () -> bindings.bound("pool").size() >= pods.size());

        await(
                "a reason on the gang that does not fit",
                30,
                () -> reasons("too-large-0").stream()
                        .anyMatch(r -> r.contains("gang too-large: 4 of the 5 pods that it needs together fit")));
        assertThat(bindings.violations()).isEmpty();
        assertThat(bindings.bound("pool")).hasSize(pods.size());
        Map<String, Long> gangs = bindings.bound("pool").stream()
                .filter(p -> p.gang() != null)
                .collect(Collectors.groupingBy(p -> p.gang().name(), Collectors.counting()));
        assertThat(gangs)
                .hasSize(50)
                .allSatisfy((name, count) -> assertThat(count).isEqualTo(8));
        assertThat(bindings.bound("pool")).noneMatch(p -> p.node().startsWith("special"));
        assertThat(reasons("elsewhere")).anyMatch(r -> r.startsWith("0/200 nodes: ") && r.contains("node selector"));
        assertThat(reasons("apart")).anyMatch(r -> r.contains("required pod affinity or anti-affinity"));
        System.out.printf("%d pods bound, killed at %d, no node above what it can allocate%n", pods.size(), atKill);
        end();
        cluster.deletePods("pool");
        cluster.deletePods("others");
    }

    @Test
    @Order(2)
    @EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_KUBE_SCHEDULER", matches = ".+")
    void bindsAtARateLikeTheStockSchedulers() throws Exception {
        double ours = measured("rate-ours", true);
        double stock = measured("rate-stock", false);

        System.out.printf(
                "bindings a second, 1,000 pods on 200 nodes: ours %.0f, stock %.0f; ratio %.2f%n",
                ours, stock, ours / stock);
        assertThat(bindings.violations()).isEmpty();
    }

    @Test
    @Order(3)
    @EnabledIfEnvironmentVariable(named = "FRAMEQUOTA_KUBE_SCHEDULER", matches = ".+")
    void gatesAreLiftedForAWholeGangOrNotAtAll() throws Exception {
        cluster.namespace("gated");
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pods.add(gated(pod("gated", "fits-" + i, 2000), "fits", 4));
        }
        for (int i = 0; i < 5; i++) {
            pods.add(gated(special(pod("gated", "too-large-" + i, 15_000)), "too-large", 5));
        }
        cluster.createPods(pods);
        stockScheduler();

        start("lift", "gated");

        await("the gang that fits is bound", 60, () -> bindings.bound("gated").size() >= 4);
        await(
                "a reason on the other",
                30,
                () -> !reasonsIn("gated", "too-large-0").isEmpty());
        assertThat(bindings.bound("gated"))
                .hasSize(4)
                .allMatch(p -> p.id().name().startsWith("fits"));
        assertThat(cluster.client
                        .pods()
                        .inNamespace("gated")
                        .withLabel(PodReader.GANG, "too-large")
                        .list()
                        .getItems())
                .hasSize(5)
                .allMatch(p -> p.getSpec().getSchedulingGates().size() == 1);
        end();
        cluster.deletePods("gated");
    }

    /** All pods are there before the scheduler starts: what counts is from its first binding to its last. */
    private double measured(String namespace, boolean ours) throws Exception {
        cluster.namespace(namespace);
        cluster.createPods(IntStream.range(0, 1000)
                .mapToObj(i -> pod(namespace, "p" + i, 500))
                .map(p -> ours ? ours(p) : p.build())
                .toList());
        Process scheduler = ours ? start("bind", namespace) : stockScheduler();
        await("1,000 pods bound", 90, () -> bindings.bound(namespace).size() == 1000);
        scheduler.destroyForcibly().waitFor();
        double rate = bindings.rate(namespace);
        System.out.printf("%s: %.0f bindings a second%n", namespace, rate);
        cluster.deletePods(namespace);
        return rate;
    }

    private Process start(String what, String namespace) throws IOException {
        Process process = cluster.placement(what, namespace);
        processes.add(process);
        return process;
    }

    private Process stockScheduler() throws IOException {
        Process process = new ProcessBuilder(
                        System.getenv("FRAMEQUOTA_KUBE_SCHEDULER").split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    /** Pods of somebody else: they are bound already, and some leave in the middle. */
    private static List<Pod> others(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> pod("others", "other-" + i, 1000 + i % 4 * 1000)
                        .editMetadata()
                        .addToLabels("leaves", i % 4 == 0 ? "yes" : "no")
                        .endMetadata()
                        .editSpec()
                        .withNodeName("kwok-" + i % NODES)
                        .endSpec()
                        .build())
                .toList();
    }

    /** 50 gangs of 8 and 600 single pods, which together take about three quarters of all cores. */
    private static List<Pod> workers() {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            pods.add(ours(pod("pool", "single-" + i, 500 + i % 8 * 500)));
            if (i % 3 < 2) {
                int member = pods.size() - i - 1;
                pods.add(gang(pod("pool", "gang-%d-%d".formatted(member / 8, member % 8), 1500), "g" + member / 8, 8));
            }
        }
        return pods;
    }

    /** A gang of five where four have room, a pod for nodes that there are not, and one that asks for what we do not know. */
    private static List<Pod> impossible() {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pods.add(gang(special(pod("pool", "too-large-" + i, 15_000)), "too-large", 5));
        }
        pods.add(ours(pod("pool", "elsewhere", 100)
                .editSpec()
                .addToNodeSelector("zone", "none")
                .endSpec()));
        pods.add(ours(pod("pool", "apart", 100)
                .editSpec()
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withTopologyKey("zone")
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec()));
        return pods;
    }

    private static PodBuilder special(PodBuilder pod) {
        return pod.editSpec()
                .addToNodeSelector("zone", "special")
                .addNewToleration("NoSchedule", TAINT, "Exists", null, null)
                .endSpec();
    }

    private static Pod gated(PodBuilder pod, String gang, int size) {
        return pod.editMetadata()
                .addToLabels(PodReader.GANG, gang)
                .addToLabels(PodReader.GANG_SIZE, Integer.toString(size))
                .endMetadata()
                .editSpec()
                .addNewSchedulingGate(GangGateLifter.GATE)
                .endSpec()
                .build();
    }

    private static List<String> reasons(String pod) {
        return reasonsIn("pool", pod);
    }

    private static List<String> reasonsIn(String namespace, String pod) {
        return cluster
                .client
                .v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.name", pod)
                .list()
                .getItems()
                .stream()
                .filter(e -> e.getReason().equals("FailedScheduling"))
                .map(e -> e.getMessage())
                .toList();
    }
}
