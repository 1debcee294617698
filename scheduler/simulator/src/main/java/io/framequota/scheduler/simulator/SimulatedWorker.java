package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import org.jspecify.annotations.Nullable;

/** A worker with at most one running and one waiting grant. */
final class SimulatedWorker {
    /** A grant and its job. */
    record Held(GrantRef grant, SimulatedJob job) {}

    final WorkerId id;
    final WorkerInfo info;

    @Nullable
    Held running;

    @Nullable
    Held waiting;

    /** The cores that it may use. */
    double pace;

    /** CPU seconds left of the running grant at {@link #sinceS}. */
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

    /**
     * Starts a grant. Its computation starts after the handover, even if the previous chunk belonged to the same job.
     */
    void start(Held held, double nowS, double handoverS) {
        running = held;
        left = held.job().chunkS(held.grant().chunk());
        sinceS = nowS + handoverS;
    }

    /** Changes the speed. */
    void speed(double nowS, double to) {
        if (nowS > sinceS) {
            left = Math.max(0, left - (nowS - sinceS) * speed);
            sinceS = nowS;
        }
        speed = to;
    }

    /** When the running grant ends; infinite if there is none or its speed is 0. */
    double endS() {
        if (running == null) {
            return Double.POSITIVE_INFINITY;
        }
        return left == 0 ? sinceS : sinceS + left / speed;
    }

    /** Stops and returns the running grant, null if there was none. */
    @Nullable
    Held stop() {
        Held held = running;
        if (held != null) {
            running = null;
        }
        return held;
    }
}
