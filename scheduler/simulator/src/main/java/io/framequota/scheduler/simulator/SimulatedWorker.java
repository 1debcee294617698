package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import org.jspecify.annotations.Nullable;

/** A worker: one grant runs, one may wait. */
final class SimulatedWorker {
    /** A grant and its job. */
    record Held(GrantRef grant, SimulatedJob job) {}

    final WorkerId id;
    final WorkerInfo info;

    @Nullable
    Held running;

    @Nullable
    Held waiting;

    /** Cores that it may use. */
    double pace;

    /** Work left of what runs, at {@link #sinceS}. */
    private double left;

    private double sinceS;
    private double speed;

    SimulatedWorker(String name, WorkerInfo info) {
        this.id = new WorkerId(name, name);
        this.info = info;
    }

    boolean runs(SimulatedJob job) {
        return running != null && running.job() == job;
    }

    /** Begins with a grant, which has to be handed over first, whosever the chunk before was. */
    void start(Held held, double nowS, double handoverS) {
        running = held;
        left = held.job().chunkS(held.grant().chunk());
        sinceS = nowS + handoverS;
    }

    /** Computes at another speed from now on. */
    void speed(double nowS, double to) {
        if (nowS > sinceS) {
            left = Math.max(0, left - (nowS - sinceS) * speed);
            sinceS = nowS;
        }
        speed = to;
    }

    /** When what runs ends, infinite when nothing does or what does stands still. */
    double endS() {
        if (running == null) {
            return Double.POSITIVE_INFINITY;
        }
        return left == 0 ? sinceS : sinceS + left / speed;
    }

    /** Stops what runs; what it was, null when nothing ran. */
    @Nullable
    Held stop() {
        Held held = running;
        if (held != null) {
            running = null;
        }
        return held;
    }
}
