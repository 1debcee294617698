package io.framequota.scheduler.controller;

import java.util.function.LongSupplier;

/** Microseconds since 1970, by the wall clock at its creation; never goes back, even if the wall clock is set. */
final class MonotonicClock implements LongSupplier {
    private final long originUs;
    private final long originNanos = System.nanoTime();

    MonotonicClock(long wallMillis) {
        originUs = wallMillis * 1000;
    }

    @Override
    public long getAsLong() {
        return originUs + (System.nanoTime() - originNanos) / 1000;
    }
}
