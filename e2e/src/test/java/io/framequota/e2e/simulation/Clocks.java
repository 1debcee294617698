package io.framequota.e2e.simulation;

/** The wall clock of the simulation. */
final class Clocks {
    /** When it begins, in microseconds since 1970. */
    static final long START_US = 1_800_000_000_000_000L;

    private Clocks() {}
}
