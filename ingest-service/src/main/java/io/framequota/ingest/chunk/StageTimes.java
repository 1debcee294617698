package io.framequota.ingest.chunk;

/** Adds up the time that a pass spends in each stage. */
final class StageTimes {
    private long started;
    private long decode;
    private long scale;
    private long publish;
    private long waiting;

    /** Begins a measurement, which one of the other methods adds to its stage. */
    void start() {
        started = System.nanoTime();
    }

    void decoded() {
        decode += elapsed();
    }

    void scaled() {
        scale += elapsed();
    }

    void waited() {
        waiting += elapsed();
    }

    /** @param waitedNanos the part of the measured time that was waiting */
    void published(long waitedNanos) {
        waiting += waitedNanos;
        publish += Math.max(0, elapsed() - waitedNanos);
    }

    private long elapsed() {
        return System.nanoTime() - started;
    }

    /** Returns the sums and sets them to zero. */
    Micros take() {
        Micros micros = new Micros(decode / 1000, scale / 1000, publish / 1000, waiting / 1000);
        decode = 0;
        scale = 0;
        publish = 0;
        waiting = 0;
        return micros;
    }

    /** Microseconds spent in each stage. */
    record Micros(long decode, long scale, long publish, long waiting) {
        static final Micros NONE = new Micros(0, 0, 0, 0);
    }
}
