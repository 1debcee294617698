package io.framequota.lab.worker;

import io.framequota.scheduler.simulator.Arrival;

/** Where requests go in one run. For one thread. */
public interface RequestRouter {
    /** Whether somebody can take a request now; if not, it waits in line. */
    boolean open();

    /** Gives the request to somebody; only while {@link #open()}. */
    void take(Arrival request);

    /** A worker has ended its request. */
    void ended(BurnerWorker worker);
}
