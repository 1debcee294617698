package io.framequota.scheduler.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is placed as a whole: one pod, or the waiting pods of a gang.
 *
 * @param pods that wait, the largest first so that small ones fill what is left
 * @param gang null for a single pod
 * @param bound pods of the gang that are placed already
 * @param problem why it cannot be placed whatever room there is, null when it can
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

    /** A gang that is placed in part goes first: it holds room that is of no use until the rest is there. */
    private static final Comparator<PlacementUnit> ORDER = Comparator.<PlacementUnit>comparingInt(
                    u -> u.begun() ? 0 : 1)
            .thenComparingInt(
                    u -> -u.pods.stream().mapToInt(PodState::priority).max().orElse(0))
            .thenComparingLong(
                    u -> u.pods.stream().mapToLong(PodState::created).min().orElse(0))
            .thenComparing(u -> u.pods.getFirst().id());

    /** All units of a snapshot, in the order in which they get room. */
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

    /** How many of its pods must find a node now. */
    int needed() {
        return gang == null ? 1 : Math.max(0, gang.size() - bound);
    }

    private boolean begun() {
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
            problem = "gang %s: %d of %d pods are there".formatted(gang.name(), members.size(), gang.size());
        }
        units.add(new PlacementUnit(waiting, gang, bound, problem));
    }

    /**
     * What those that were made last say, the smallest first. When a gang is made larger or smaller, its pods are replaced one
     * by one, each when the one before is ready: those from before that still run, or wait, state the size that it had.
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
