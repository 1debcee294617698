package io.framequota.inference.frame;

import io.framequota.inference.triton.Slot;
import java.util.concurrent.atomic.LongAdder;

/** What frames cost. Work is measured in CPU time, waiting in wall-clock time. Safe for use by several threads. */
public class FrameCost {
    public final LongAdder modelMicros = new LongAdder();
    public final LongAdder decodeNanos = new LongAdder();
    public final LongAdder preprocessNanos = new LongAdder();
    public final LongAdder postprocessNanos = new LongAdder();
    public final LongAdder transportNanos = new LongAdder();
    public final LongAdder waitingNanos = new LongAdder();
    private volatile String transport = Slot.RAW;

    /** Notes how the last frame reached the server. */
    void transport(String name) {
        transport = name;
    }

    /** How the last frame reached the server. */
    public String transport() {
        return transport;
    }

    /** Seconds of work, as if one core had done all of it. */
    public double coreSeconds() {
        return modelMicros.sum() / 1e6
                + (decodeNanos.sum() + preprocessNanos.sum() + postprocessNanos.sum() + transportNanos.sum()) / 1e9;
    }
}
