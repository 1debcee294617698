package io.framequota.lab.kubernetes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Collects the times from ordering a quota until it is in force. Safe for use by several threads. */
final class HandoverTimes {
    private final List<Double> tookMs = new ArrayList<>();

    synchronized void add(long nanos) {
        tookMs.add(nanos / 1e6);
    }

    /** The times in words, for the report. */
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
