package io.framequota.scheduler.controller.leadership;

import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.dispatch.ModelProfile;
import java.util.List;
import java.util.Set;

/** The owner of jobs and epochs. Calls block; every one may throw {@link AuthorityException}. */
public interface Authority {
    /**
     * Asks for leadership.
     *
     * @param configured who asks, with what settings
     * @param epoch of a leader that only asks what it missed, 0 for a new epoch
     */
    RecoveredState lead(StartupSettings configured, long epoch);

    /** Keeps the live policy and actuator for the next leader; false when {@code epoch} is not the newest any more. */
    boolean keepPolicy(long epoch, RecoveredState.Kept kept);

    /** Keeps what was measured of models for the next leader, as far as {@code epoch} is the newest. */
    void keepLearnt(long epoch, List<ModelProfile> learnt);

    /** Says which jobs are to be decoded next, first ones first, as far as {@code epoch} is the newest. */
    void decodeNext(long epoch, List<String> jobs);

    /**
     * Shows the open jobs' forecasts to clients, as far as {@code epoch} is the newest; the first one of each job is kept.
     *
     * @param first jobs that were forecast for the first time
     */
    void keepForecasts(long epoch, List<JobForecast> all, Set<String> first);

    /** Ends a job whose chunk failed for good; false when {@code epoch} is not the newest any more. */
    boolean failJob(long epoch, String job, String cause);

    /** How often the connection was lost so far: facts may be missing since. */
    long connectionLosses();
}
