package io.framequota.ingest.chunk;

/** Adds up what a pass spends on each stage until the sums are taken. */
final class StageTimes {
    private long started;
    private long decode;
    private long scale;
    private long publish;
    private long waiting;

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

    /** @param waitedNanos the part of it that was waiting */
    void published(long waitedNanos) {
        waiting += waitedNanos;
        publish += Math.max(0, elapsed() - waitedNanos);
    }

    private long elapsed() {
        return System.nanoTime() - started;
    }

    /** The sums so far, which then begin again at nothing. */
    Times take() {
        Times times = new Times(decode / 1000, scale / 1000, publish / 1000, waiting / 1000);
        decode = 0;
        scale = 0;
        publish = 0;
        waiting = 0;
        return times;
    }

    /** Microseconds. */
    record Times(long decode, long scale, long publish, long waiting) {
        static final Times NONE = new Times(0, 0, 0, 0);
    }
}
