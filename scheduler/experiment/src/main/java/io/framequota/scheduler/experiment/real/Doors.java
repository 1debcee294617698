package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.simulator.Arrival;

/** Where requests go in one run. For one thread. */
public interface Doors {
    /** Whether somebody can take a request now; if not, it waits in line. */
    boolean open();

    /** Gives the request to somebody; only while {@link #open()}. */
    void take(Arrival request);

    /** A worker has ended its request. */
    void ended(Worker worker);
}
