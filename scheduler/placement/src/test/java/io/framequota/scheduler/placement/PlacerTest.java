package io.framequota.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacerTest {
    @Test
    void fullestNodeThatFitsIsChosen() {
        List<NodeState> nodes = List.of(node("large", 8000), node("small", 2000));

        PlacementDecision placement = Placer.place(new ClusterSnapshot(nodes, List.of(pod("p", 1500, null))));

        assertThat(placement.bindings())
                .extracting(PlacementDecision.Binding::node)
                .containsExactly("small");
    }

    @Test
    void reasonCountsTheRefusalsOfAllNodes() {
        NodeState tainted = new NodeState(
                "c",
                resources(8000),
                Map.of(),
                List.of(new NodeState.Taint("nvidia.com/gpu", "", NodeState.Taint.Effect.NO_SCHEDULE)),
                false);
        List<NodeState> nodes = List.of(node("a", 500), node("b", 900), tainted);

        PlacementDecision placement = Placer.place(new ClusterSnapshot(nodes, List.of(pod("p", 1000, null))));

        assertThat(placement.waiting())
                .extracting(PlacementDecision.Waiting::why)
                .containsExactly("0/3 nodes: 2 insufficient cpu, 1 taint nvidia.com/gpu");
    }

    @Test
    void aGangThatDoesNotFitLetsLaterPodsPass() {
        PodGang gang = new PodGang("g", 3);
        List<PodState> pods = List.of(
                pod("g-0", 1000, gang), pod("g-1", 1000, gang), pod("g-2", 1000, gang), pod("later", 500, null));

        PlacementDecision placement = Placer.place(new ClusterSnapshot(List.of(node("n", 2500)), pods));

        assertThat(placement.bindings()).extracting(b -> b.pod().name()).containsExactly("later");
        assertThat(placement.waiting())
                .hasSize(3)
                .allSatisfy(w -> assertThat(w.why())
                        .isEqualTo("gang g: 2 of the 3 pods that it needs together fit;"
                                + " 0/1 nodes: 1 insufficient cpu"));
    }

    @Test
    void aGangWaitsForItsLastPod() {
        PodGang gang = new PodGang("g", 3);

        PlacementDecision placement = Placer.place(
                new ClusterSnapshot(List.of(node("n", 9000)), List.of(pod("g-0", 100, gang), pod("g-1", 100, gang))));

        assertThat(placement.bindings()).isEmpty();
        assertThat(placement.waiting().getFirst().why()).isEqualTo("gang g: 2 of 3 pods exist");
    }

    @Test
    void restOfAPartlyBoundGangGoesFirst() {
        PodGang gang = new PodGang("g", 2);
        List<PodState> pods =
                List.of(pod("a-older", 1000, null), pod("g-0", 1000, gang).on("n"), pod("g-1", 1000, gang));

        PlacementDecision placement = Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), pods));

        assertThat(placement.bindings()).extracting(b -> b.pod().name()).containsExactly("g-1");
    }

    @Test
    void podsBeyondAGangsSizeArePlacedOneByOne() {
        PodGang gang = new PodGang("g", 2);
        List<PodState> pods = List.of(pod("g-0", 1000, gang), pod("g-1", 1000, gang), pod("g-2", 1000, gang));

        PlacementDecision placement = Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), pods));

        assertThat(placement.bindings()).hasSize(2);
        assertThat(placement.waiting()).hasSize(1);
    }

    @Test
    void podsOfOneGangMustAgreeOnItsSize() {
        List<PodState> pods = List.of(pod("g-0", 1, new PodGang("g", 1)), pod("g-1", 1, new PodGang("g", 2)));

        PlacementDecision placement = Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), pods));

        assertThat(placement.waiting().getFirst().why()).isEqualTo("the pods of gang g state different sizes: [1, 2]");
    }

    @Test
    void growingGangIsPlacedBesideItsPodsOfTheOldSize() {
        PodGang before = new PodGang("g", 2);
        PodGang now = new PodGang("g", 4);
        PodState first = pod("g-0", 1000, before).on("n");
        PodState second = pod("g-1", 1000, before).on("n");
        PodState third = pod("g-2", 1000, now);
        PodState fourth = pod("g-3", 1000, now);

        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 3000)), List.of(first, second, third, fourth)))
                        .bindings())
                .as("room for one of two")
                .isEmpty();
        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 4000)), List.of(first, second, third)))
                        .waiting()
                        .getFirst()
                        .why())
                .isEqualTo("gang g: 3 of 4 pods exist");
        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 4000)), List.of(first, second, third, fourth)))
                        .bindings())
                .extracting(b -> b.pod().name())
                .containsExactlyInAnyOrder("g-2", "g-3");
    }

    @Test
    void shrinkingGangIsPlacedBesideItsPodsOfTheOldSize() {
        PodGang before = new PodGang("g", 4);
        PodState left = pod("g-0", 1000, before).on("n");
        PodState replaced = pod("g-1", 1000, new PodGang("g", 2));

        PlacementDecision placement =
                Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), List.of(left, replaced)));

        assertThat(placement.bindings()).extracting(b -> b.pod().name()).containsExactly("g-1");
    }

    @Test
    void podOfAGangIsReplacedWhileOtherPodsOfItTerminate() {
        PodGang before = new PodGang("g", 4);
        List<PodState> pods = List.of(
                pod("g-0", 1000, before).on("n"),
                pod("g-1", 1000, new PodGang("g", 2)),
                pod("g-2", 1000, before).on("n"),
                pod("g-3", 1000, before).on("n"));

        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 4000)), pods))
                        .bindings())
                .extracting(b -> b.pod().name())
                .containsExactly("g-1");
    }

    @Test
    void aGangThatWaitsHasTheSizeOfItsNewestPods() {
        PodState older = pod("g-0", 1000, new PodGang("g", 4));
        PodState newer = made(1, pod("g-1", 1000, new PodGang("g", 2)));

        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), List.of(newer, older)))
                        .bindings())
                .hasSize(2);
        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), List.of(made(2, older), newer)))
                        .waiting())
                .extracting(PlacementDecision.Waiting::why)
                .containsOnly("gang g: 2 of 4 pods exist");
    }

    @Test
    void gangsOfTwoNamespacesAreTwoGangs() {
        PodGang gang = new PodGang("g", 2);
        PodState other = new PodState(
                new PodId("other", "g-1", "u"), resources(100), NodeConstraints.NONE, gang, null, 0, 0, null);

        PlacementDecision placement =
                Placer.place(new ClusterSnapshot(List.of(node("n", 9000)), List.of(pod("g-0", 100, gang), other)));

        assertThat(placement.bindings()).isEmpty();
    }

    @Test
    void overcommittedNodeTakesNoPod() {
        List<PodState> pods = List.of(pod("other", 5000, null).on("n"), pod("p", 1, null));

        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), pods))
                        .bindings())
                .isEmpty();
    }

    @Test
    void hugeRequestsDoNotOverflow() {
        List<PodState> pods = List.of(
                pod("a", Long.MAX_VALUE, null).on("n"),
                pod("b", Long.MAX_VALUE, null).on("n"),
                pod("c", 1, null));

        assertThat(Placer.place(new ClusterSnapshot(List.of(node("n", 2000)), pods))
                        .bindings())
                .isEmpty();
    }

    @Test
    void missingNodesAreTheReason() {
        PlacementDecision placement = Placer.place(new ClusterSnapshot(List.of(), List.of(pod("p", 1, null))));

        assertThat(placement.waiting().getFirst().why()).isEqualTo("there are no nodes");
    }

    @Test
    void aThousandPodsOnTwoHundredNodesArePlaced() {
        List<NodeState> nodes =
                IntStream.range(0, 200).mapToObj(i -> node("node-" + i, 16_000)).toList();
        List<PodState> pods = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            pods.add(pod("pod-" + i, 500 + i % 7 * 100, i % 2 == 0 ? new PodGang("g" + i / 8, 4) : null));
        }
        ClusterSnapshot snapshot = new ClusterSnapshot(nodes, pods);
        Placer.place(snapshot);

        long began = System.nanoTime();
        PlacementDecision placement = Placer.place(snapshot);
        System.out.printf("1,000 pods on 200 nodes: %.1f ms%n", (System.nanoTime() - began) / 1e6);

        assertThat(placement.bindings()).hasSize(1000);
    }

    private static NodeState node(String name, long millicores) {
        return new NodeState(name, resources(millicores).with(ResourceList.PODS, 110), Map.of(), List.of(), false);
    }

    private static PodState pod(String name, long millicores, PodGang gang) {
        return new PodState(
                new PodId("ns", name, "uid-" + name),
                resources(millicores),
                NodeConstraints.NONE,
                gang,
                null,
                0,
                0,
                null);
    }

    private static PodState made(long created, PodState pod) {
        return new PodState(
                pod.id(), pod.requests(), pod.constraints(), pod.gang(), pod.node(), pod.priority(), created, null);
    }

    private static ResourceList resources(long millicores) {
        return ResourceList.of(
                        Map.of(ResourceList.CPU, millicores, ResourceList.MEMORY, 1L << 30, ResourceList.PODS, 1L))
                .with(ResourceList.MEMORY, millicores >= 2000 ? 1L << 40 : 1L << 20);
    }
}
