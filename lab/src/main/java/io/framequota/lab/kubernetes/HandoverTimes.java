package io.framequota.lab.kubernetes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How long quotas took from the order to the kernel. Safe for use by several threads. */
final class HandoverTimes {
    private final List<Double> tookMs = new ArrayList<>();

    synchronized void add(long nanos) {
        tookMs.add(nanos / 1e6);
    }

    /** In words for people. */
    synchronized String words() {
        if (tookMs.isEmpty()) {
            return "none";
        }
        List<Double> sorted = new ArrayList<>(tookMs);
        Collections.sort(sorted);
        return String.format(
                Locale.ROOT,
                "median %.0f ms, 90 %% within %.0f ms, at most %.0f ms, of %d",
                sorted.get(sorted.size() / 2),
                sorted.get((int) (sorted.size() * 0.9)),
                sorted.getLast(),
                sorted.size());
    }
}
