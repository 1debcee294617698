package io.framequota.scheduler.controller.placement.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Binds pods and lifts gates at an API server in memory. {@link PlacementIT} shows the same with a real API server, 1,000 pods and
 * a scheduler that is killed.
 */
class PlacementTest {
    private static final WorkerPool POOL = WorkerPool.of("video", "app=worker");

    private final InMemoryApiServer api = new InMemoryApiServer();
    private volatile boolean leads = true;
    private @Nullable PlacementLoop loop;

    @AfterEach
    void close() {
        if (loop != null) {
            loop.close();
        }
        api.close();
    }

    @Test
    void podIsBoundToTheNodeThatFitsBestAndAnEventSaysSo() {
        createNode("large", "8");
        createNode("small", "2");
        create(ours(pod("p", "1500m")));
        bind();

        await().until(() -> "small".equals(nodeOf("p")));
        await().untilAsserted(() -> assertThat(api.events("video", "p"))
                .containsExactly("Scheduled: Successfully assigned video/p to small"));
    }

    @Test
    void bindingNamesThePodsUid() {
        createNode("n", "2");
        Pod pod = create(ours(pod("p", "1")));
        bind();

        await().until(() -> "n".equals(nodeOf("p")));
        assertThat(pod.getMetadata().getUid()).isNotEmpty();
        assertThat(api.requests).containsOnlyOnce("POST /api/v1/namespaces/video/pods/p/binding");
    }

    @Test
    void podsOfOthersAreLeftAloneAndTheirRequestsCount() {
        createNode("n", "2");
        create(bound(pod("other", "1500m"), "n"));
        create(pod("stock", "100m"));
        create(ours(pod("large", "1")));
        create(ours(pod("small", "500m")));
        bind();

        await().until(() -> "n".equals(nodeOf("small")));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(api.events("video", "large"))
                        .containsExactly("FailedScheduling: 0/1 nodes: 1 insufficient cpu"));
        assertThat(nodeOf("large")).isNull();
        assertThat(nodeOf("stock")).as("not ours").isNull();
    }

    @Test
    void waitingPodIsBoundWhenAnotherPodLeaves() {
        createNode("n", "2");
        create(bound(pod("other", "2"), "n"));
        create(ours(pod("p", "1")));
        bind();
        await().until(() -> !api.events("video", "p").isEmpty());

        api.client.pods().inNamespace("video").withName("other").delete();

        await().until(() -> "n".equals(nodeOf("p")));
    }

    @Test
    void nodeThatIsCordonedOrTaintedTakesNoPod() {
        api.client
                .resource(new NodeBuilder(node("cordoned", "8"))
                        .editSpec()
                        .withUnschedulable(true)
                        .endSpec()
                        .build())
                .create();
        api.client
                .resource(new NodeBuilder(node("tainted", "8"))
                        .editSpec()
                        .addNewTaint("NoSchedule", "gpu", null, "yes")
                        .endSpec()
                        .build())
                .create();
        createNode("plain", "4");
        create(ours(pod("p", "1")));
        bind();

        await().until(() -> "plain".equals(nodeOf("p")));
    }

    @Test
    void gangIsBoundWhenItsLastPodCanBe() {
        createNode("n", "2");
        create(gang(pod("g-0", "1"), 3));
        create(gang(pod("g-1", "1"), 3));
        bind();
        await().until(() -> api.events("video", "g-0").contains("FailedScheduling: gang g: 2 of 3 pods exist"));

        create(gang(pod("g-2", "1"), 3));
        createNode("m", "2");

        await().until(() -> nodeOf("g-0") != null && nodeOf("g-1") != null && nodeOf("g-2") != null);
    }

    @Test
    void bindingWhoseAnswerWasLostIsFoundOutAndNotRepeated() {
        createNode("n", "1");
        api.loseAnswer("POST .*/pods/p/binding");
        create(ours(pod("p", "1")));
        bind();

        await().until(() -> "n".equals(nodeOf("p")));
        create(ours(pod("q", "1")));
        await().until(() -> !api.events("video", "q").isEmpty());
        assertThat(api.requests).containsOnlyOnce("POST /api/v1/namespaces/video/pods/p/binding");
        assertThat(nodeOf("q")).as("the node is full").isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 500})
    void refusedBindingIsRetriedAfterABackoffAndGivesItsRoomBack(int code) {
        createNode("n", "1");
        api.fail("POST .*/pods/p/binding", code, "not now");
        create(ours(pod("p", "1")));
        bind();
        await().until(() -> api.events("video", "p").stream()
                .anyMatch(e -> e.startsWith("FailedScheduling: binding to n failed") && e.contains("not now")));

        create(ours(pod("q", "1")));
        await().until(() -> "n".equals(nodeOf("q")));
        api.client.pods().inNamespace("video").withName("q").delete();
        api.recover();

        await().until(() -> "n".equals(nodeOf("p")));
    }

    @Test
    void podThatIsDeletedDuringItsBindingIsForgotten() {
        createNode("n", "1");
        api.fail("POST .*/pods/p/binding", 404, "pods \"p\" not found");
        create(ours(pod("p", "1")));
        bind();
        await().until(() -> api.requests.contains("POST /api/v1/namespaces/video/pods/p/binding"));
        api.client.pods().inNamespace("video").withName("p").delete();

        create(ours(pod("q", "1")));

        await().until(() -> "n".equals(nodeOf("q")));
    }

    @Test
    void standbyBindsNothingAndReadsTheClusterWhenItLeads() {
        leads = false;
        createNode("n", "1");
        create(ours(pod("p", "1")));
        bind();
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(2)).until(() -> nodeOf("p") == null);
        assertThat(api.requests).as("not even a list").doesNotContain("GET /api/v1/nodes");

        leads = true;

        await().until(() -> "n".equals(nodeOf("p")));
    }

    @Test
    void leaderThatLostTheLeadBindsNothingMore() {
        createNode("n", "8");
        bind();
        create(ours(pod("p", "1")));
        await().until(() -> "n".equals(nodeOf("p")));
        leads = false;
        create(ours(pod("q", "1")));

        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(2)).until(() -> nodeOf("q") == null);
    }

    @Test
    void withoutTheRightToListPlacementWaitsUntilItIsGranted() throws InterruptedException {
        api.fail("GET /api/v1/(nodes|pods)", 403, "forbidden");
        createNode("n", "1");
        create(ours(pod("p", "1")));
        bind();
        await().until(() -> api.requests.contains("GET /api/v1/nodes"));
        assertThat(nodeOf("p")).isNull();

        api.recover();

        await().atMost(Duration.ofSeconds(20)).until(() -> "n".equals(nodeOf("p")));
    }

    @Test
    void gatesAreLiftedForAWholeGangOrNotAtAll() {
        createNode("n", "2");
        create(gated(pod("fits-0", "1"), "fits", 2));
        create(gated(pod("fits-1", "1"), "fits", 2));
        create(gated(pod("large-0", "1"), "large", 3));
        create(gated(pod("large-1", "1"), "large", 3));
        create(gated(pod("large-2", "1"), "large", 3));
        liftGates();

        await().until(() -> gates("fits-0").isEmpty() && gates("fits-1").isEmpty());
        await().until(() -> !api.events("video", "large-0").isEmpty());
        assertThat(List.of(gates("large-0"), gates("large-1"), gates("large-2")))
                .containsOnly(List.of(GangGateLifter.GATE));
        assertThat(nodeOf("fits-0")).as("the cluster's scheduler binds").isNull();
    }

    @Test
    void otherGatesStay() {
        createNode("n", "2");
        create(new PodBuilder(gated(pod("p", "1"), "g", 1))
                .editSpec()
                .addNewSchedulingGate("example.com/quota")
                .endSpec()
                .build());
        liftGates();

        await().until(() -> gates("p").equals(List.of("example.com/quota")));
    }

    @Test
    void gateThatCouldNotBeLiftedIsLiftedInALaterRound() {
        createNode("n", "2");
        create(gated(pod("g-0", "1"), "g", 2));
        create(gated(pod("g-1", "1"), "g", 2));
        api.fail("PATCH .*/pods/g-1", 500, "away");
        liftGates();
        await().until(() -> gates("g-0").isEmpty());
        assertThat(gates("g-1")).isNotEmpty();

        api.recover();

        await().until(() -> gates("g-1").isEmpty());
    }

    @Test
    void podsThatTheClustersSchedulerWillBindCount() {
        createNode("n", "2");
        create(pod("coming", "2"));
        create(gated(pod("p", "1"), "g", 1));
        liftGates();

        await().until(() -> !api.events("video", "p").isEmpty());
        assertThat(gates("p")).isNotEmpty();
    }

    private void bind() {
        loop = PlacementLoop.binding(api.client, POOL, "test", () -> leads).start();
    }

    private void liftGates() {
        loop = PlacementLoop.liftingGates(api.client, POOL, "test", () -> leads).start();
    }

    private void createNode(String name, String cores) {
        api.client.resource(node(name, cores)).create();
    }

    private static Node node(String name, String cores) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(Map.of("cpu", new Quantity(cores), "pods", new Quantity("110")))
                .endStatus()
                .build();
    }

    private Pod create(Pod pod) {
        return api.create(pod);
    }

    private static Pod pod(String name, String cpu) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("video")
                .withName(name)
                .addToLabels("app", "worker")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withNewResources()
                .addToRequests("cpu", new Quantity(cpu))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    private static Pod ours(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .withSchedulerName(WorkerPool.SCHEDULER)
                .endSpec()
                .build();
    }

    private static Pod bound(Pod pod, String node) {
        return new PodBuilder(pod).editSpec().withNodeName(node).endSpec().build();
    }

    private static Pod gang(Pod pod, int size) {
        return ours(labelled(pod, "g", size));
    }

    private static Pod gated(Pod pod, String gang, int size) {
        return new PodBuilder(labelled(pod, gang, size))
                .editSpec()
                .addNewSchedulingGate(GangGateLifter.GATE)
                .endSpec()
                .build();
    }

    private static Pod labelled(Pod pod, String gang, int size) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(PodReader.GANG, gang)
                .addToLabels(PodReader.GANG_SIZE, Integer.toString(size))
                .endMetadata()
                .build();
    }

    private @Nullable String nodeOf(String pod) {
        return Objects.requireNonNull(api.pod("video", pod)).getSpec().getNodeName();
    }

    private List<String> gates(String pod) {
        return api.pod("video", pod).getSpec().getSchedulingGates().stream()
                .map(g -> g.getName())
                .toList();
    }
}
