package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ring of the latest decisions. For one thread. */
public final class DecisionLog {
    private final @Nullable Decision[] ring;
    private long last;

    /** A log of at most {@code capacity} decisions. */
    public DecisionLog(int capacity) {
        ring = new Decision[capacity];
    }

    long open(GrantRef grant, String worker, boolean prefetched, long nowUs) {
        last++;
        ring[slot(last)] = new Decision(
                last,
                grant.job(),
                grant.chunk(),
                grant.attempt(),
                worker,
                prefetched,
                nowUs,
                0,
                0,
                -1,
                Decision.Outcome.OPEN);
        return last;
    }

    void started(long sequence, long atUs, long delayUs) {
        Decision decision = find(sequence);
        if (decision != null) {
            ring[slot(sequence)] = decision.started(atUs, delayUs);
        }
    }

    void ended(long sequence, long atUs, Decision.Outcome outcome) {
        Decision decision = find(sequence);
        if (decision != null) {
            ring[slot(sequence)] = decision.ended(atUs, outcome);
        }
    }

    /** Number of decisions in the log. */
    public int size() {
        return (int) Math.min(last, ring.length);
    }

    /** The decisions in the log, oldest first. */
    public List<Decision> decisions() {
        List<Decision> kept = new ArrayList<>();
        for (long sequence = Math.max(1, last - ring.length + 1); sequence <= last; sequence++) {
            Decision decision = find(sequence);
            if (decision != null) {
                kept.add(decision);
            }
        }
        return kept;
    }

    /**
     * Summarizes the delays from decision to first frame.
     *
     * @param prefetched true for grants that waited at a busy worker, whose delay counts from when the worker became
     *     free; false for grants to idle workers, whose delay counts from the decision
     */
    public Delays delays(boolean prefetched) {
        long[] delays = decisions().stream()
                .filter(d -> d.delayUs() >= 0 && d.prefetched() == prefetched)
                .mapToLong(Decision::delayUs)
                .sorted()
                .toArray();
        return new Delays(delays.length, quantile(delays, 0.5), quantile(delays, 0.99));
    }

    /** Number of delays, their median and 99th percentile in microseconds; 0 if there are none. */
    public record Delays(int count, long p50Us, long p99Us) {}

    private static long quantile(long[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
    }

    private @Nullable Decision find(long sequence) {
        Decision decision = ring[slot(sequence)];
        return decision != null && decision.sequence() == sequence ? decision : null;
    }

    private int slot(long sequence) {
        return (int) (sequence % ring.length);
    }
}
