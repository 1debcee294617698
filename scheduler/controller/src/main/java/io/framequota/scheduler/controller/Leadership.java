package io.framequota.scheduler.controller;

import io.framequota.scheduler.dispatch.JobState;
import io.framequota.scheduler.dispatch.Learnt;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the authority answers a leader.
 *
 * @param epoch of the leadership
 * @param jobs open jobs
 * @param lastArrival jobs up to here that are not listed have ended
 * @param kept policy that was kept, null when none was
 * @param learnt what earlier leaders measured of models
 */
public record Leadership(
        long epoch,
        List<JobState> jobs,
        long lastArrival,
        @Nullable Kept kept,
        List<Learnt> learnt) {
    public Leadership {
        jobs = List.copyOf(jobs);
        learnt = List.copyOf(learnt);
    }

    /** A policy as it was kept. */
    public record Kept(String policy, Map<String, String> parameters) {}
}
