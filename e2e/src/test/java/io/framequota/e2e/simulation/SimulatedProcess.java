package io.framequota.e2e.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** A process that can be killed, started again, stopped and continued. Its timers and messages end with it. */
abstract class SimulatedProcess {
    final VirtualTime time;
    final String name;
    private final Deque<Runnable> whileStopped = new ArrayDeque<>();
    private int starts;
    private boolean alive;
    private boolean stopped;

    SimulatedProcess(VirtualTime time, String name) {
        this.time = time;
        this.name = name;
    }

    /** A new value at each start. */
    final String instance() {
        return name + "#" + starts;
    }

    final boolean alive() {
        return alive;
    }

    final boolean stopped() {
        return stopped;
    }

    /** Runs the action in this process after {@code delayUs}: never if the process dies before, later if it is stopped then. */
    final void in(long delayUs, Runnable action) {
        int start = starts;
        time.in(delayUs, () -> {
            if (!alive || start != starts) {
                return;
            }
            if (stopped) {
                whileStopped.add(action);
            } else {
                action.run();
            }
        });
    }

    final void start() {
        if (!alive) {
            starts++;
            alive = true;
            time.tell("start " + instance());
            started();
        }
    }

    /** SIGKILL. */
    final void kill() {
        if (alive) {
            time.tell("kill " + instance());
            alive = false;
            stopped = false;
            whileStopped.clear();
            killed();
        }
    }

    /** SIGSTOP. */
    final void stop() {
        if (alive && !stopped) {
            time.tell("stop " + instance());
            stopped = true;
        }
    }

    /** SIGCONT: what came in the meantime happens now, in its order. */
    final void proceed() {
        if (stopped) {
            time.tell("continue " + instance());
            stopped = false;
            while (!whileStopped.isEmpty()) {
                in(0, whileStopped.remove());
            }
        }
    }

    abstract void started();

    abstract void killed();
}
