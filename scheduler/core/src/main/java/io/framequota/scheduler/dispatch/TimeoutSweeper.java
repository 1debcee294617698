package io.framequota.scheduler.dispatch;

import java.util.List;

/** What time alone changes, looked for at each tick: rests that end, and what was waited for too long. */
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

    /** Whether a result was sent so long ago that the authority should be asked what became of it. */
    boolean missesResults() {
        return missesResults;
    }

    /** The authority has said what it knows. */
    void told() {
        missesResults = false;
    }

    /** Whether decisions may depend on what it found. */
    boolean look(long nowUs) {
        boolean any = workers.endRests(nowUs);
        for (TrackedWorker worker : workers.vanished(nowUs)) {
            reports.vanish(worker, nowUs);
            any = true;
        }
        missesResults = false;
        for (TrackedJob job : jobs.byArrival()) {
            any |= job.resting > 0 && wake(job, nowUs);
            missesResults |= job.finished > 0 && isLate(job, nowUs);
            switch (job.phase) {
                case JobPhase.Wanted ignored -> any |= lacksItsModel(job, nowUs);
                case JobPhase.Failing failing -> {
                    if (nowUs - failing.sentAtUs() >= settings.vanishedAfterUs()) {
                        job.phase = failing.sentAgain(nowUs);
                        out.add(new DispatchCommand.FailJob(job.spec.id(), failing.cause()));
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
     * Fails a job whose model no worker has. Only time in which workers are ready counts, and it counts from the beginning
     * when one of them had the model: workers that are restarted, all at once or one by one, fail nothing.
     */
    private boolean lacksItsModel(TrackedJob job, long nowUs) {
        if (!job.hasWork() || !workers.lack(job.spec.model())) {
            job.lackedSinceUs = TrackedJob.NOT_SINCE;
            return false;
        }
        job.lackedSinceUs = Math.min(job.lackedSinceUs, nowUs);
        if (nowUs - job.lackedSinceUs < settings.modelMissingUs()) {
            return false;
        }
        reports.fail(
                job,
                "no worker has the model " + job.spec.model() + " (for " + settings.modelMissingUs() / 1_000_000
                        + " s); start one that has it and redrive the job",
                nowUs);
        return true;
    }
}
