package io.framequota.scheduler.placement;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts why nodes refused a pod: {@code 0/3 nodes: 2 insufficient cpu, 1 taint}. */
final class NodeRefusals {
    private final Map<String, Integer> counts = new TreeMap<>();
    private final int nodes;

    NodeRefusals(int nodes) {
        this.nodes = nodes;
    }

    void count(String why) {
        counts.merge(why, 1, Integer::sum);
    }

    @Override
    public String toString() {
        if (nodes == 0) {
            return "there are no nodes";
        }
        String reasons = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
        return "0/" + nodes + " nodes: " + reasons;
    }
}
