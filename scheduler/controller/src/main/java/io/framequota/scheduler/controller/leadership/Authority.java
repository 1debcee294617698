package io.framequota.scheduler.controller.leadership;

import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.ModelProfile;
import java.util.List;
import java.util.Set;

/**
 * The owner of jobs and epochs. It ignores or refuses calls with an epoch that is not the newest. All calls block and may throw
 * {@link AuthorityException}.
 */
public interface Authority {
    /**
     * Requests leadership.
     *
     * @param epoch of the present leadership to read its state again, 0 for a new leadership
     */
    RecoveredState lead(StartupSettings settings, long epoch);

    /** Stores the policy and actuator for later leaders; false if {@code epoch} is no longer the newest. */
    boolean storeSelection(long epoch, RecoveredState.Selection selection);

    /** Stores the measured model profiles for later leaders. */
    void storeProfiles(long epoch, List<ModelProfile> profiles);

    /** Says which jobs to decode next, first ones first. */
    void decodeNext(long epoch, List<String> jobs);

    /**
     * Publishes the open jobs' forecasts to clients and stores the first one of each job.
     *
     * @param first jobs that were forecast for the first time
     * @param notes what else clients should know about open jobs; replaces all earlier notes
     */
    void storeForecasts(long epoch, List<JobForecast> all, Set<String> first, List<JobNote> notes);

    /** Ends a job as failed; false if {@code epoch} is no longer the newest. */
    boolean failJob(long epoch, String job, String cause);

    /** Stores how often the process of a worker died with a chunk, for later leaders. */
    void keepDeaths(long epoch, DispatchCommand.KeepDeaths deaths);

    /** Connection losses so far. Facts may be missing since the last one. */
    long connectionLosses();
}
