package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.JobFact;

/** Tells the scheduler what the authority holds. */
@FunctionalInterface
public interface JobEventSender {
    /**
     * Sends one fact and waits until it is kept.
     *
     * @throws IllegalStateException when the broker did not take it in time; it may be sent again
     * @throws InterruptedException when interrupted
     */
    void send(JobFact fact) throws InterruptedException;
}
