package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.JobFact;

/** Sends job events to the scheduler. */
@FunctionalInterface
public interface JobEventSender {
    /**
     * Sends one event and waits until the broker has stored it.
     *
     * @throws IllegalStateException when the broker did not store it in time; it may be sent again
     * @throws InterruptedException when interrupted
     */
    void send(JobFact event) throws InterruptedException;
}
