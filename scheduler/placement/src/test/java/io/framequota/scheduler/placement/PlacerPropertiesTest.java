package io.framequota.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every snapshot. The snapshots are drawn from a seed, so that a failing one comes back. */
class PlacerPropertiesTest {
    private static final String COMPUTE = "framequota.io/compute";

    @Provide
    Arbitrary<ClusterSnapshot> snapshots() {
        return Arbitraries.longs().map(PlacerPropertiesTest::snapshot);
    }

    @Property(tries = 500)
    void noNodeGivesMoreThanItCanAllocate(@ForAll("snapshots") ClusterSnapshot snapshot) {
        Map<String, ResourceList> before = use(snapshot);
        Map<String, ResourceList> after = use(applied(snapshot, Placer.place(snapshot)));

        for (NodeState node : snapshot.nodes()) {
            ResourceList used = after.getOrDefault(node.name(), ResourceList.NONE);
            ResourceList had = before.getOrDefault(node.name(), ResourceList.NONE);
            used.amounts()
                    .forEach((name, amount) -> assertThat(amount)
                            .as("%s of %s", name, node.name())
                            .isLessThanOrEqualTo(Math.max(node.allocatable().get(name), had.get(name))));
        }
    }

    @Property(tries = 500)
    void aGangIsPlacedAsAWholeOrNotAtAll(@ForAll("snapshots") ClusterSnapshot snapshot) {
        Map<String, List<PodState>> gangs = applied(snapshot, Placer.place(snapshot)).pods().stream()
                .filter(p -> p.gang() != null)
                .collect(Collectors.groupingBy(p -> p.gang().name()));
        Map<PodId, PodState> before = byId(snapshot);

        gangs.forEach((name, pods) -> {
            long bound = pods.stream().filter(p -> p.node() != null).count();
            long boundBefore =
                    pods.stream().filter(p -> before.get(p.id()).node() != null).count();
            int size = pods.stream()
                    .filter(p -> before.get(p.id()).node() == null)
                    .mapToInt(p -> p.gang().size())
                    .max()
                    .orElse(0);
            assertThat(bound == boundBefore || bound >= size)
                    .as("gang %s of %d has %d", name, size, bound)
                    .isTrue();
        });
    }

    @Property(tries = 500)
    void placementDoesNotDependOnTheOrderOfTheSnapshot(
            @ForAll("snapshots") ClusterSnapshot snapshot, @ForAll long seed) {
        List<NodeState> nodes = new ArrayList<>(snapshot.nodes());
        List<PodState> pods = new ArrayList<>(snapshot.pods());
        Collections.shuffle(nodes, new Random(seed));
        Collections.shuffle(pods, new Random(seed));

        assertThat(Placer.place(new ClusterSnapshot(nodes, pods))).isEqualTo(Placer.place(snapshot));
    }

    @Property(tries = 500)
    void everyWaitingPodGetsOneAnswerAndNoBoundPodIsPlaced(@ForAll("snapshots") ClusterSnapshot snapshot) {
        PlacementDecision placement = Placer.place(snapshot);

        List<PodId> answered = new ArrayList<>();
        placement.bindings().forEach(b -> answered.add(b.pod()));
        placement.waiting().forEach(w -> answered.add(w.pod()));
        assertThat(answered)
                .containsExactlyInAnyOrderElementsOf(snapshot.pods().stream()
                        .filter(p -> p.node() == null)
                        .map(PodState::id)
                        .toList());
    }

    @Property(tries = 500)
    void taintsSelectorsAndAffinityAreRespected(@ForAll("snapshots") ClusterSnapshot snapshot) {
        Map<String, NodeState> nodes =
                snapshot.nodes().stream().collect(Collectors.toMap(NodeState::name, Function.identity()));
        Map<PodId, PodState> pods = byId(snapshot);

        for (PlacementDecision.Binding binding : Placer.place(snapshot).bindings()) {
            NodeState node = nodes.get(binding.node());
            PodState pod = pods.get(binding.pod());
            boolean tolerant = !pod.constraints().tolerations().isEmpty();
            assertThat(node.unschedulable()).isFalse();
            assertThat(node.taints().isEmpty() || tolerant).isTrue();
            assertThat(node.labels()).containsAllEntriesOf(pod.constraints().nodeSelector());
            if (!pod.constraints().terms().isEmpty()) {
                assertThat(node.labels()).doesNotContainEntry("zone", "a");
            }
            assertThat(pod.refusal()).isNull();
        }
    }

    @Property(tries = 500)
    void podThatWaitsDoesNotFitAfterThePlacement(@ForAll("snapshots") ClusterSnapshot snapshot) {
        ClusterSnapshot after = applied(snapshot, Placer.place(snapshot));

        List<PlacementDecision.Binding> singles = Placer.place(after).bindings().stream()
                .filter(b -> byId(after).get(b.pod()).gang() == null)
                .toList();

        assertThat(singles).isEmpty();
    }

    private static Map<PodId, PodState> byId(ClusterSnapshot snapshot) {
        return snapshot.pods().stream().collect(Collectors.toMap(PodState::id, Function.identity()));
    }

    private static ClusterSnapshot applied(ClusterSnapshot snapshot, PlacementDecision placement) {
        Map<PodId, String> bound = placement.bindings().stream()
                .collect(Collectors.toMap(PlacementDecision.Binding::pod, PlacementDecision.Binding::node));
        return new ClusterSnapshot(
                snapshot.nodes(),
                snapshot.pods().stream()
                        .map(p -> bound.containsKey(p.id()) ? p.on(bound.get(p.id())) : p)
                        .toList());
    }

    private static Map<String, ResourceList> use(ClusterSnapshot snapshot) {
        Map<String, ResourceList> use = new HashMap<>();
        for (PodState pod : snapshot.pods()) {
            if (pod.node() != null) {
                use.merge(pod.node(), pod.requests(), ResourceList::plus);
            }
        }
        return use;
    }

    private static ClusterSnapshot snapshot(long seed) {
        Random random = new Random(seed);
        List<NodeState> nodes = new ArrayList<>();
        for (int n = random.nextInt(8); n > 0; n--) {
            nodes.add(node("node-" + n, random));
        }
        int[] sizes = random.ints(4, 1, 7).toArray();
        List<PodState> pods = new ArrayList<>();
        for (int n = random.nextInt(40); n > 0; n--) {
            int gang = random.nextInt(8);
            pods.add(pod("pod-" + n, random, gang < 4 ? new PodGang("gang-" + gang, sizes[gang]) : null, nodes));
        }
        return new ClusterSnapshot(nodes, pods);
    }

    private static NodeState node(String name, Random random) {
        Map<String, Long> has = new HashMap<>();
        has.put(ResourceList.CPU, random.nextInt(1, 8) * 1000L);
        has.put(ResourceList.MEMORY, random.nextInt(1, 16) * 1000L);
        has.put(ResourceList.PODS, (long) random.nextInt(1, 10));
        if (random.nextBoolean()) {
            has.put(COMPUTE, random.nextInt(1, 8) * 1000L);
        }
        List<NodeState.Taint> taints = random.nextInt(4) == 0
                ? List.of(new NodeState.Taint("gpu", "yes", NodeState.Taint.Effect.NO_SCHEDULE))
                : List.of();
        Map<String, String> labels = Map.of("zone", random.nextBoolean() ? "a" : "b");
        return new NodeState(name, ResourceList.of(has), labels, taints, random.nextInt(6) == 0);
    }

    private static PodState pod(String name, Random random, PodGang gang, List<NodeState> nodes) {
        Map<String, Long> asks = new HashMap<>();
        asks.put(ResourceList.CPU, random.nextInt(0, 20) * 100L);
        asks.put(ResourceList.MEMORY, random.nextInt(0, 40) * 100L);
        asks.put(ResourceList.PODS, 1L);
        if (random.nextInt(3) == 0) {
            asks.put(COMPUTE, random.nextInt(0, 20) * 100L);
        }
        NodeConstraints constraints = new NodeConstraints(
                random.nextBoolean() ? List.of(new NodeConstraints.Toleration("gpu", true, "", null)) : List.of(),
                random.nextInt(4) == 0 ? Map.of("zone", "a") : Map.of(),
                random.nextInt(4) == 0
                        ? List.of(new NodeConstraints.Term(
                                List.of(new NodeConstraints.Requirement(
                                        "zone", NodeConstraints.Requirement.Operator.NOT_IN, List.of("a"))),
                                List.of()))
                        : List.of());
        String node = nodes.isEmpty() || random.nextInt(4) > 0
                ? null
                : nodes.get(random.nextInt(nodes.size())).name();
        // What is bound may be from before the gang was made larger or smaller.
        PodGang stated = gang == null || node == null ? gang : new PodGang(gang.name(), random.nextInt(1, 7));
        return new PodState(
                new PodId("ns", name, "uid-" + name),
                ResourceList.of(asks),
                constraints,
                stated,
                node,
                random.nextInt(2),
                random.nextInt(5),
                random.nextInt(12) == 0 ? "asks for what we do not know" : null);
    }
}
