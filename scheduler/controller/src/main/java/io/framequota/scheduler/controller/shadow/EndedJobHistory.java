package io.framequota.scheduler.controller.shadow;

import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The jobs that ended recently, in memory: at most {@link #MOST_JOBS}, and none that ended more than {@link #MOST_HOURS} before
 * the latest. Not thread-safe: for the event loop only.
 */
public final class EndedJobHistory {
    public static final double MOST_HOURS = 24;

    private static final int MOST_JOBS = 10_000;
    private static final double HOUR_US = 3.6e9;

    private final ArrayDeque<EndedJob> jobs = new ArrayDeque<>();

    /**
     * Keeps a job that was observed from its arrival to its success. Others cannot be replayed: the work that they needed is not
     * known.
     */
    public void add(EndedJob job) {
        if (!job.whole() || job.coreSeconds() <= 0 || job.fleet().cores().isEmpty()) {
            return;
        }
        jobs.addLast(job);
        while (jobs.size() > MOST_JOBS || jobs.getFirst().endedAtUs() < job.endedAtUs() - MOST_HOURS * HOUR_US) {
            jobs.removeFirst();
        }
    }

    /** Number of jobs kept. */
    public int size() {
        return jobs.size();
    }

    /** The jobs that arrived and ended within the last hours, in order of arrival. */
    public ShadowRecording last(double hours, long nowUs, ConfiguredPolicy live) {
        long fromUs = nowUs - Math.round(hours * HOUR_US);
        List<EndedJob> within =
                jobs.stream().filter(j -> j.heardAtUs() >= fromUs).toList();
        return new ShadowRecording(hours, fromUs, nowUs, live, within);
    }
}
