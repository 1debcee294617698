package io.framequota.scheduler.controller;

import java.util.function.LongSupplier;

/** Microseconds since 1970 as of its creation, that never run backwards from then on, whatever is done to the wall clock. */
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
