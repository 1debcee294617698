package io.framequota.scheduler.dispatch;

import java.util.List;

/** Handles at each tick what changes with time alone: rests that end, and timeouts. */
final class TimeoutSweeper {
    private final DispatcherSettings settings;
    private final WorkerRegistry workers;
    private final JobRegistry jobs;
    private final WorkerReportHandler reports;
    private final List<DispatchCommand> out;
    private boolean missesResults;

    TimeoutSweeper(
            DispatcherSettings settings,
            WorkerRegistry workers,
            JobRegistry jobs,
            WorkerReportHandler reports,
            List<DispatchCommand> out) {
        this.settings = settings;
        this.workers = workers;
        this.jobs = jobs;
        this.reports = reports;
        this.out = out;
    }

    /** Whether a result was sent so long ago, without a commit, that the authority should be asked for its backlog. */
    boolean missesResults() {
        return missesResults;
    }

    /** The authority's backlog was read. */
    void backlogRead() {
        missesResults = false;
    }

    /** Handles everything that is due; returns whether it may change a decision. */
    boolean sweep(long nowUs) {
        boolean any = workers.endRests(nowUs);
        for (TrackedWorker worker : workers.vanished(nowUs)) {
            if (workers.find(worker.id) == worker) {
                reports.vanish(worker, nowUs);
            }
            any = true;
        }
        missesResults = false;
        for (TrackedJob job : jobs.byArrival()) {
            any |= job.resting > 0 && wake(job, nowUs);
            missesResults |= job.finished > 0 && isLate(job, nowUs);
            switch (job.phase()) {
                case JobPhase.Wanted ignored -> any |= failWithoutModel(job, nowUs);
                case JobPhase.Failing failing -> {
                    if (nowUs - failing.sentAtUs() >= settings.vanishedAfterUs()) {
                        job.enter(failing.sentAgain(nowUs));
                        out.add(new DispatchCommand.FailJob(job.descriptor.id(), failing.cause()));
                    }
                }
            }
        }
        return any;
    }

    private static boolean wake(TrackedJob job, long nowUs) {
        boolean any = false;
        for (TrackedChunk chunk : List.copyOf(job.open.values())) {
            if (chunk.state instanceof TrackedChunk.State.Resting(long untilUs) && untilUs <= nowUs) {
                job.move(chunk, TrackedChunk.READY);
                any = true;
            }
        }
        return any;
    }

    private boolean isLate(TrackedJob job, long nowUs) {
        return job.open.values().stream().anyMatch(c -> c.isLate(settings.resultLateUs(), nowUs));
    }

    /**
     * Fails a job if no worker has had its model for too long. The time counts only while workers are ready, and
     * restarts when a worker has the model. So restarting workers, all at once or one by one, does not fail a job.
     */
    private boolean failWithoutModel(TrackedJob job, long nowUs) {
        if (!job.hasWork() || !workers.lack(job.descriptor.model())) {
            job.modelMissingSinceUs = TrackedJob.NEVER;
            return false;
        }
        job.modelMissingSinceUs = Math.min(job.modelMissingSinceUs, nowUs);
        if (nowUs - job.modelMissingSinceUs < settings.modelMissingUs()) {
            return false;
        }
        reports.fail(job, settings.modelMissing(job.descriptor.model()), nowUs);
        return true;
    }
}
