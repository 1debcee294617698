package io.framequota.ingest.job;

import io.framequota.contract.label.PolicyLabels;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits on the labels of one job. Lists of jobs and messages to the scheduler hold the labels of many jobs, so their bytes are
 * limited. Sizes are bytes of UTF-8, names and values together.
 */
public final class LabelLimits {
    /** Limit on all labels of a job. */
    public static final int MAX_BYTES = 8 * 1024;

    /** Limit on the labels that the scheduler gets. Labels that policies read are short. */
    static final int MAX_SCHEDULER_BYTES = 2 * 1024;

    private static final List<String> READ_BY_POLICIES =
            List.of(PolicyLabels.DEADLINE, PolicyLabels.WEIGHT, PolicyLabels.TENANT);

    private LabelLimits() {}

    /** Size of labels. */
    public static long bytes(Map<String, String> labels) {
        return labels.entrySet().stream().mapToLong(LabelLimits::bytes).sum();
    }

    private static long bytes(Map.Entry<String, String> label) {
        return bytes(label.getKey()) + bytes(label.getValue());
    }

    /** Size of a text. */
    public static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The labels that fit into the limit, in their order. Jobs of an earlier release may have more. */
    public static Map<String, String> truncated(Map<String, String> labels) {
        return fitting(List.copyOf(labels.entrySet()), MAX_BYTES);
    }

    /**
     * The labels that the scheduler gets: first those that policies read, then the others by name, as long as they fit. Values
     * that are longer than a tenant's name may be are left out.
     */
    public static Map<String, String> forScheduler(Map<String, String> labels) {
        List<Map.Entry<String, String>> shortLabels = labels.entrySet().stream()
                .filter(l -> l.getValue().length() <= PolicyLabels.MOST_CHARACTERS)
                .sorted(Comparator.comparing((Map.Entry<String, String> l) -> !READ_BY_POLICIES.contains(l.getKey()))
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        return fitting(shortLabels, MAX_SCHEDULER_BYTES);
    }

    private static Map<String, String> fitting(List<Map.Entry<String, String>> labels, int maxBytes) {
        Map<String, String> fitting = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, String> label : labels) {
            long more = bytes(label);
            if (bytes + more <= maxBytes) {
                fitting.put(label.getKey(), label.getValue());
                bytes += more;
            }
        }
        return fitting;
    }
}
