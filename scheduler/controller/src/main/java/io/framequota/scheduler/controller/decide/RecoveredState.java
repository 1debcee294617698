package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.StreamJob;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state with which the authority answers a leader's request.
 *
 * @param epoch of the leadership
 * @param jobs all open jobs with chunks
 * @param streams all open live jobs
 * @param lastArrival jobs that arrived up to this number and are not listed have ended
 * @param selection the policy and actuator to apply, null if none are stored
 * @param profiles what earlier leaders measured of the models
 * @param outcomes earlier leaders' forecasts of ended jobs and the actual response times, oldest first
 */
public record RecoveredState(
        long epoch,
        List<BacklogJob> jobs,
        List<StreamJob> streams,
        long lastArrival,
        @Nullable Selection selection,
        List<ModelProfile> profiles,
        List<ForecastOutcome> outcomes) {
    public RecoveredState {
        jobs = List.copyOf(jobs);
        streams = List.copyOf(streams);
        profiles = List.copyOf(profiles);
        outcomes = List.copyOf(outcomes);
    }

    /** A state without live jobs. */
    public RecoveredState(
            long epoch,
            List<BacklogJob> jobs,
            long lastArrival,
            @Nullable Selection selection,
            List<ModelProfile> profiles,
            List<ForecastOutcome> outcomes) {
        this(epoch, jobs, List.of(), lastArrival, selection, profiles, outcomes);
    }

    /**
     * A selected policy and actuator, as the authority stores them.
     *
     * @param policy its name, empty if none is stored
     * @param actuator its name, empty if none is stored
     */
    public record Selection(String policy, Map<String, String> parameters, String actuator) {
        public Selection {
            parameters = Map.copyOf(parameters);
        }
    }
}
