package io.framequota.local;

import java.time.Duration;

/**
 * How long to wait before a process is started again: at once at first, then twice as long each time, always below five
 * seconds; one that lived long enough starts anew. Not for use by several threads.
 */
final class RestartBackoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LAST = Duration.ofSeconds(4);
    private static final Duration HEALTHY = Duration.ofSeconds(20);
    private Duration next = FIRST;

    /** The wait after a life of this length. */
    Duration after(Duration life) {
        if (life.compareTo(HEALTHY) >= 0) {
            next = FIRST;
        }
        Duration wait = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LAST) > 0 ? LAST : doubled;
        return wait;
    }
}
