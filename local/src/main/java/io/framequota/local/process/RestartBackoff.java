package io.framequota.local.process;

import java.time.Duration;

/**
 * The delay before a process is started again: 100 ms, doubled with each start up to 4 s, and 100 ms again after the process
 * ran for 20 s. Not thread-safe.
 */
final class RestartBackoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration STABLE = Duration.ofSeconds(20);
    private Duration next = FIRST;

    /** The delay after the process ran for this long. */
    Duration after(Duration uptime) {
        if (uptime.compareTo(STABLE) >= 0) {
            next = FIRST;
        }
        Duration delay = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return delay;
    }
}
