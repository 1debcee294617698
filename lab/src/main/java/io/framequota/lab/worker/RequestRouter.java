package io.framequota.lab.worker;

import io.framequota.scheduler.simulator.Arrival;

/** Distributes the requests of one run among workers. For one thread. */
public interface RequestRouter {
    /** Whether a worker can accept a request now. */
    boolean open();

    /** Gives a request to a worker. Allowed only while {@link #open()}. */
    void take(Arrival request);

    /** A worker has ended its request. */
    void ended(BurnerWorker worker);
}
