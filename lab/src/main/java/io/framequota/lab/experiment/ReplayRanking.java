package io.framequota.lab.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether replays order the policies as the measured runs do: each run under one policy was replayed under all, and each of
 * them was measured with the same requests.
 *
 * @param live the policy whose runs were replayed
 * @param windows one for each of its runs, in order of the seeds
 */
public record ReplayRanking(String live, List<Window> windows) {
    /**
     * Two means closer than this fraction of the larger one count as equal, both in measurements and in replays. The same policy measured
     * twice differs by as much, and replays are expected to be as near to what happens.
     */
    public static final double TIE = 0.05;

    /**
     * One run.
     *
     * @param measured mean responses by policy, the lowest first
     * @param replayed the same policies as replayed, the lowest first
     * @param right whether no two policies change places, except where measurement or replay counts them as equal
     */
    public record Window(long seed, Map<String, Double> measured, Map<String, Double> replayed, boolean right) {}

    /** Windows in which the order is right. */
    public long right() {
        return windows.stream().filter(Window::right).count();
    }

    /** One for each policy whose runs were replayed; results must be of one variant and one actuator. */
    public static List<ReplayRanking> of(List<ContenderResult> results) {
        List<ReplayRanking> rankings = new ArrayList<>();
        for (ContenderResult result : results) {
            List<Window> windows = result.runs().stream()
                    .filter(r -> !r.replayedMeansS().isEmpty())
                    .map(r -> window(r, results))
                    .filter(w -> w.measured().size() > 1)
                    .toList();
            if (!windows.isEmpty()) {
                rankings.add(new ReplayRanking(result.policy().name(), windows));
            }
        }
        return rankings;
    }

    private static Window window(Run run, List<ContenderResult> results) {
        Map<String, Double> measured = new TreeMap<>();
        Map<String, Double> replayed = new TreeMap<>();
        for (ContenderResult other : results) {
            String name = other.policy().name();
            Double replay = run.replayedMeansS().get(name);
            // A policy with parameters of its own is not the one that was replayed.
            if (replay != null && other.policy().parameters().isEmpty()) {
                other.runs().stream()
                        .filter(r -> r.seed() == run.seed())
                        .findFirst()
                        .ifPresent(r -> {
                            measured.put(name, r.summary().meanS());
                            replayed.put(name, replay);
                        });
            }
        }
        boolean right = measured.keySet().stream()
                .allMatch(a -> measured.keySet().stream().allMatch(b -> sameOrder(a, b, measured, replayed)));
        return new Window(run.seed(), sorted(measured), sorted(replayed), right);
    }

    private static boolean sameOrder(String a, String b, Map<String, Double> measured, Map<String, Double> replayed) {
        return !(isLess(a, b, measured) && isLess(b, a, replayed));
    }

    private static boolean isLess(String a, String b, Map<String, Double> means) {
        return means.getOrDefault(a, 0.0) < means.getOrDefault(b, 0.0) * (1 - TIE);
    }

    private static Map<String, Double> sorted(Map<String, Double> means) {
        return means.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, java.util.LinkedHashMap::new));
    }
}
