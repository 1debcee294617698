package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the authority answers a leader.
 *
 * @param epoch of the leadership
 * @param jobs open jobs
 * @param lastArrival jobs up to here that are not listed have ended
 * @param kept what is to be in force, null when nothing was kept
 * @param learnt what earlier leaders measured of models
 * @param outcomes what their forecasts came to, oldest first
 */
public record RecoveredState(
        long epoch,
        List<BacklogJob> jobs,
        long lastArrival,
        @Nullable Kept kept,
        List<ModelProfile> learnt,
        List<ForecastOutcome> outcomes) {
    public RecoveredState {
        jobs = List.copyOf(jobs);
        learnt = List.copyOf(learnt);
        outcomes = List.copyOf(outcomes);
    }

    /** Of whose forecasts nothing is known. */
    public RecoveredState(
            long epoch, List<BacklogJob> jobs, long lastArrival, @Nullable Kept kept, List<ModelProfile> learnt) {
        this(epoch, jobs, lastArrival, kept, learnt, List.of());
    }

    /**
     * A policy and an actuator as they were kept.
     *
     * @param policy its name, empty when none was kept
     * @param actuator its name, empty when none was kept
     */
    public record Kept(String policy, Map<String, String> parameters, String actuator) {
        public Kept {
            parameters = Map.copyOf(parameters);
        }
    }
}
