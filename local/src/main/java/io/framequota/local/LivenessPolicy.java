package io.framequota.local;

import java.time.Duration;

/**
 * Whether a process that says of itself that it is not alive is to be started again: when it has said nothing else for a
 * while. That while doubles with each time, so that what a new start does not help is not started again and again; a process
 * that was alive for long starts anew. One that does not answer is busy, stopped or on its way, and is left alone. Not for use
 * by several threads.
 */
final class LivenessPolicy {
    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LAST = Duration.ofMinutes(5);
    private static final int DOWN = 503;
    private Duration patience = FIRST;
    private Duration down = Duration.ZERO;
    private Duration up = Duration.ZERO;

    /** It was started: what was said before was another one's word. */
    void started() {
        down = Duration.ZERO;
        up = Duration.ZERO;
    }

    /**
     * Takes an answer.
     *
     * @param status of HTTP, 0 for none
     * @param since the time since the answer before
     * @return whether to start it again
     */
    boolean isSpent(int status, Duration since) {
        switch (status) {
            case 200 -> {
                down = Duration.ZERO;
                up = up.plus(since);
                if (up.compareTo(LAST) >= 0) {
                    patience = FIRST;
                }
            }
            case DOWN -> {
                up = Duration.ZERO;
                down = down.plus(since);
                if (down.compareTo(patience) >= 0) {
                    Duration doubled = patience.multipliedBy(2);
                    patience = doubled.compareTo(LAST) > 0 ? LAST : doubled;
                    return true;
                }
            }
            default -> {}
        }
        return false;
    }
}
