package io.framequota.e2e.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** The clock, the order of events and the randomness of one run: equal seeds give equal runs. */
final class VirtualTime {
    static final long MILLIS = 1_000;
    static final long SECONDS = 1_000_000;
    private static final int REMEMBERED = 80;

    private record Timed(long at, long sequence, Runnable action) {}

    final Random random;
    private final PriorityQueue<Timed> queue = new PriorityQueue<>(
            (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.sequence, b.sequence));
    private final Deque<String> story = new ArrayDeque<>();
    private long nowUs;
    private long sequence;
    private long events;
    private long fingerprint;

    VirtualTime(long seed) {
        random = new Random(seed);
    }

    long nowUs() {
        return nowUs;
    }

    /** Events so far. */
    long events() {
        return events;
    }

    /** Differs, almost surely, between runs in which something different happened. */
    long fingerprint() {
        return fingerprint;
    }

    /** Runs the action after {@code delayUs}. */
    void in(long delayUs, Runnable action) {
        queue.add(new Timed(nowUs + delayUs, sequence++, action));
    }

    /** A random duration below {@code limitUs}. */
    long upTo(long limitUs) {
        return random.nextLong(limitUs);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Notes what happened, for the report of a failure. */
    void tell(String what) {
        fingerprint = 31 * (31 * fingerprint + nowUs) + what.hashCode();
        story.add("%9.3f s  %s".formatted(nowUs / 1e6, what));
        if (story.size() > REMEMBERED) {
            story.remove();
        }
    }

    /** The last things that happened, one a line. */
    String story() {
        return String.join("\n", story);
    }

    /** Lets events happen until the condition holds; false if it does not within {@code limitUs}. */
    boolean runUntil(BooleanSupplier condition, long limitUs) {
        long end = nowUs + limitUs;
        while (!condition.getAsBoolean()) {
            Timed next = queue.peek();
            if (next == null || next.at > end) {
                nowUs = end;
                return false;
            }
            queue.remove();
            nowUs = next.at;
            events++;
            next.action.run();
        }
        return true;
    }

    void runFor(long us) {
        runUntil(() -> false, us);
    }
}
