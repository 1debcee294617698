package io.framequota.ingest.store;

import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;

/** Who leads, and the policy. Every method is one transaction and throws {@link StoreException}. */
public interface LeadershipStore {
    /**
     * Begins a new epoch; results of lower ones are refused from then on. A leader that asks again within the newest epoch
     * keeps it.
     *
     * @return the epoch and everything that is open, as of one moment
     */
    Leadership lead(LeadRequest request);

    /** The current epoch, 0 before the first. */
    long epoch();

    /**
     * Keeps the policy and the actuator that are in force from now on.
     *
     * @return the current epoch; if it is not that of the choice, nothing was kept
     */
    long keep(PolicyChoice choice);

    /**
     * Keeps what the leader measured of models in place of what was kept of them.
     *
     * @return the current epoch; if it is not that of the lessons, nothing was kept
     */
    long keep(Lessons lessons);

    /**
     * Keeps the forecasts that are the first ones of their jobs; a job that has one keeps it.
     *
     * @throws StaleEpochException when the current epoch is not that of the forecasts; then nothing was kept
     */
    void keep(Forecasts forecasts);

    /** Name of the policy in force. */
    String policy();
}
