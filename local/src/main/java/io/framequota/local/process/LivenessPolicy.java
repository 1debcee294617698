package io.framequota.local.process;

import java.time.Duration;

/**
 * Decides when a process that reports itself DOWN is restarted: after 10 s of nothing but DOWN. That time doubles with each
 * restart, up to 5 minutes, so a fault that a restart does not cure does not cause a restart every few seconds; 5 minutes of
 * UP reset it. A process that does not answer may be busy, stopped or starting, and is left alone. Not thread-safe.
 */
final class LivenessPolicy {
    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(5);
    private static final int UP = 200;
    private static final int DOWN = 503;
    private Duration patience = FIRST;
    private Duration down = Duration.ZERO;
    private Duration up = Duration.ZERO;

    /** Forgets the answers of the process before this one. */
    void started() {
        down = Duration.ZERO;
        up = Duration.ZERO;
    }

    /**
     * Takes one answer of the liveness probe.
     *
     * @param status HTTP status, 0 for no answer
     * @param sinceLast time since the previous answer
     * @return whether to restart the process
     */
    boolean mustRestart(int status, Duration sinceLast) {
        switch (status) {
            case UP -> {
                down = Duration.ZERO;
                up = up.plus(sinceLast);
                if (up.compareTo(LONGEST) >= 0) {
                    patience = FIRST;
                }
            }
            case DOWN -> {
                up = Duration.ZERO;
                down = down.plus(sinceLast);
                if (down.compareTo(patience) >= 0) {
                    Duration doubled = patience.multipliedBy(2);
                    patience = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
                    return true;
                }
            }
            default -> {}
        }
        return false;
    }
}
