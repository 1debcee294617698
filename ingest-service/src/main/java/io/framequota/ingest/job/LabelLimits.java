package io.framequota.ingest.job;

import io.framequota.contract.label.PolicyLabels;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much the labels of one job may hold. Lists, facts and what a leader is told hold them of many jobs at once, so the bound is
 * on their bytes. Sizes are bytes of UTF-8, names and values together.
 */
public final class LabelLimits {
    /** Of all labels of one job. */
    public static final int MOST_BYTES = 8 * 1024;

    /** Of those that the scheduler is told: room for the ones that policies read, which are short. */
    static final int MOST_BYTES_TOLD = 2 * 1024;

    private static final List<String> OF_POLICIES =
            List.of(PolicyLabels.DEADLINE, PolicyLabels.WEIGHT, PolicyLabels.TENANT);

    private LabelLimits() {}

    /** Bytes of all. */
    public static long bytes(Map<String, String> labels) {
        return labels.entrySet().stream().mapToLong(LabelLimits::bytes).sum();
    }

    private static long bytes(Map.Entry<String, String> label) {
        return bytes(label.getKey()) + bytes(label.getValue());
    }

    /** Bytes of a text. */
    public static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Those that fit, in their order: a job of an earlier release may have more. */
    public static Map<String, String> kept(Map<String, String> labels) {
        return fitting(List.copyOf(labels.entrySet()), MOST_BYTES);
    }

    /**
     * What the scheduler is told: the labels that policies name, then the others by name, as long as they fit. A label by which
     * weighted-fair shares may be as long as a tenant's name; longer ones stay here.
     */
    public static Map<String, String> told(Map<String, String> labels) {
        List<Map.Entry<String, String>> brief = labels.entrySet().stream()
                .filter(l -> l.getValue().length() <= PolicyLabels.MOST_CHARACTERS)
                .sorted(Comparator.comparing((Map.Entry<String, String> l) -> !OF_POLICIES.contains(l.getKey()))
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        return fitting(brief, MOST_BYTES_TOLD);
    }

    private static Map<String, String> fitting(List<Map.Entry<String, String>> labels, int most) {
        Map<String, String> fitting = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, String> label : labels) {
            long more = bytes(label);
            if (bytes + more <= most) {
                fitting.put(label.getKey(), label.getValue());
                bytes += more;
            }
        }
        return fitting;
    }
}
