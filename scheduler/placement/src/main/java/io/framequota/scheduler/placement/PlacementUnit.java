package io.framequota.scheduler.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pods that are placed together: a single pod, or the waiting pods of a gang.
 *
 * @param pods that wait, the largest first, so that small ones fill the rest
 * @param gang null for a single pod
 * @param bound number of the gang's pods that are bound already
 * @param problem why it cannot be placed however much room there is; null if it can
 */
record PlacementUnit(
        List<PodState> pods,
        @Nullable PodGang gang,
        int bound,
        @Nullable String problem) {
    private static final Comparator<PodState> LARGEST_FIRST = Comparator.<PodState>comparingLong(
                    p -> -p.requests().get(ResourceList.CPU))
            .thenComparingLong(p -> -p.requests().get(ResourceList.MEMORY))
            .thenComparing(PodState::id);

    /** A partly bound gang goes first: it holds resources that are of no use until the rest of it is bound. */
    private static final Comparator<PlacementUnit> ORDER = Comparator.<PlacementUnit>comparingInt(
                    u -> u.isPartlyBound() ? 0 : 1)
            .thenComparingInt(
                    u -> -u.pods.stream().mapToInt(PodState::priority).max().orElse(0))
            .thenComparingLong(
                    u -> u.pods.stream().mapToLong(PodState::created).min().orElse(0))
            .thenComparing(u -> u.pods.getFirst().id());

    /** All units of a snapshot, in the order in which they are served. */
    static List<PlacementUnit> of(ClusterSnapshot snapshot) {
        List<PlacementUnit> units = new ArrayList<>();
        Map<String, List<PodState>> gangs = new TreeMap<>();
        for (PodState pod : snapshot.pods()) {
            if (pod.gang() != null) {
                gangs.computeIfAbsent(pod.id().namespace() + "/" + pod.gang().name(), k -> new ArrayList<>())
                        .add(pod);
            } else if (pod.node() == null) {
                units.add(new PlacementUnit(List.of(pod), null, 0, null));
            }
        }
        gangs.values().forEach(members -> addGang(members, units));
        units.sort(ORDER);
        return units;
    }

    /** How many of its pods must get a node in this decision. */
    int needed() {
        return gang == null ? 1 : Math.max(0, gang.size() - bound);
    }

    private boolean isPartlyBound() {
        return gang != null && bound > 0 && needed() > 0;
    }

    private static void addGang(List<PodState> members, List<PlacementUnit> units) {
        List<PodState> waiting = members.stream()
                .filter(p -> p.node() == null)
                .sorted(LARGEST_FIRST)
                .toList();
        if (waiting.isEmpty()) {
            return;
        }
        List<PodGang> stated = stated(waiting);
        PodGang gang = stated.getLast();
        int bound = members.size() - waiting.size();
        String problem = null;
        if (stated.size() > 1) {
            problem = "the pods of gang %s state different sizes: %s"
                    .formatted(gang.name(), stated.stream().map(PodGang::size).toList());
        } else if (members.size() < gang.size()) {
            problem = "gang %s: %d of %d pods exist".formatted(gang.name(), members.size(), gang.size());
        }
        units.add(new PlacementUnit(waiting, gang, bound, problem));
    }

    /**
     * The sizes that the most recently created pods state, the smallest first. When a gang is resized, its pods are replaced one
     * by one, each once its predecessor is ready; pods from before the change, running or waiting, state the old size.
     */
    private static List<PodGang> stated(List<PodState> waiting) {
        long last = waiting.stream().mapToLong(PodState::created).max().orElseThrow();
        return waiting.stream()
                .filter(p -> p.created() == last)
                .flatMap(p -> Stream.ofNullable(p.gang()))
                .distinct()
                .sorted(Comparator.comparingInt(PodGang::size))
                .toList();
    }
}
