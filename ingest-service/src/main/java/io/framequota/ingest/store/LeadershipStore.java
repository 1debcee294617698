package io.framequota.ingest.store;

import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;
import java.util.OptionalDouble;

/**
 * The scheduler's leadership, and what the leader stores here. Every method is one transaction and throws {@link StoreException}.
 * Methods of the leader throw {@link StaleEpochException} and store nothing when the request's epoch is not the current one.
 */
public interface LeadershipStore {
    /**
     * Begins a new epoch; results of lower epochs are refused from then on. A leader that asks again within the newest epoch keeps
     * it.
     *
     * @return the epoch and everything that is open, as of one moment
     */
    Leadership lead(LeadRequest request);

    /** The current epoch, 0 before the first. */
    long epoch();

    /** Stores the policy and the actuator that apply from now on. */
    void savePolicy(PolicyChoice choice);

    /** Stores what the leader measured of models. Each replaces the earlier measurement of its model. */
    void saveModelProfiles(Lessons profiles);

    /** Core-seconds that leaders measured for a frame of a model; empty when there is no measurement. */
    OptionalDouble frameSeconds(String model);

    /** Stores the forecasts that are the first ones of their jobs. A job that has a first forecast keeps it. */
    void saveFirstForecasts(Forecasts forecasts);

    /** The name of the current policy. */
    String policy();
}
