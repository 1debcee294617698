package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies workers' reports to the outstanding grants. */
final class WorkerReportHandler {
    private final DispatcherSettings settings;
    private final long epoch;
    private final WorkerRegistry workers;
    private final JobRegistry jobs;
    private final GrantLifecycle grants;
    private final StreamAdmission streams;
    private final List<DispatchCommand> out;

    WorkerReportHandler(
            DispatcherSettings settings,
            long epoch,
            WorkerRegistry workers,
            JobRegistry jobs,
            GrantLifecycle grants,
            StreamAdmission streams,
            List<DispatchCommand> out) {
        this.settings = settings;
        this.epoch = epoch;
        this.workers = workers;
        this.jobs = jobs;
        this.grants = grants;
        this.streams = streams;
        this.out = out;
    }

    /** Applies a report; returns whether it may change a decision. */
    boolean apply(DispatchEvent.WorkerReport report, long nowUs) {
        if (workers.isRetired(report.worker())) {
            return false;
        }
        TrackedWorker worker = workers.find(report.worker());
        if (worker != null) {
            worker.seenAtUs = nowUs;
        }
        if (report instanceof DispatchEvent.Heartbeat heartbeat) {
            return heartbeat(worker, heartbeat, nowUs);
        }
        if (report instanceof DispatchEvent.Leaving) {
            return worker != null && leave(worker, nowUs);
        }
        // Grants of an older leader are void: the authority does not commit their results.
        return report.epoch() == epoch && grantReport(worker, report, nowUs);
    }

    /**
     * Removes a silent worker and takes back its grants, which does not count as failed attempts. Its process counts as
     * dead until it comes back.
     */
    void vanish(TrackedWorker worker, long nowUs) {
        for (TrackedWorker other : workers.sharingProcess(worker)) {
            // It died with this one, so that nothing may be granted to it.
            vanishAlone(other, nowUs);
        }
        vanishAlone(worker, nowUs);
    }

    private void vanishAlone(TrackedWorker worker, long nowUs) {
        SilentWorker silent = new SilentWorker(worker.id, blame(worker, nowUs), streams.inferredBy(worker));
        release(worker, nowUs);
        workers.forget(worker, silent);
    }

    /**
     * Counts the death of a worker's process against the chunks that it may have run.
     *
     * @return what was counted
     */
    private List<SilentWorker.Blame> blame(TrackedWorker worker, long nowUs) {
        List<SilentWorker.Blame> all = new ArrayList<>();
        for (OutstandingGrant grant : List.copyOf(worker.grants)) {
            TrackedChunk chunk = grant.chunk;
            if (chunk.isGrantedTo(grant) && chunk.job.wanted() && grant.mayHaveRun()) {
                int before = chunk.deaths;
                // In company nobody knows whose death it is, and a first suspicion is enough.
                count(chunk, grant.alone ? before + 1 : Math.max(before, 1));
                all.add(new SilentWorker.Blame(chunk, before, chunk.deaths));
                failIfHopeless(chunk, nowUs);
            }
        }
        return all;
    }

    private void count(TrackedChunk chunk, int deaths) {
        if (deaths != chunk.deaths) {
            if (deaths == DispatcherSettings.DEATHS && deaths > chunk.deaths) {
                streams.deathsExplained();
            }
            chunk.job.died(chunk, deaths);
            out.add(new DispatchCommand.KeepDeaths(chunk.spec.job(), chunk.spec.index(), deaths));
        }
    }

    private void failIfHopeless(TrackedChunk chunk, long nowUs) {
        String from = " (from frame " + chunk.spec.firstFrame() + ")";
        if (chunk.deaths >= 2 * DispatcherSettings.DEATHS) {
            fail(
                    chunk.job,
                    "workers died " + chunk.deaths + " times while they read chunk " + chunk.spec.index() + from
                            + "; convert the source to another format",
                    nowUs);
        } else if (chunk.isCondemned() && chunk.job.condemned >= DispatcherSettings.DEATHS) {
            fail(
                    chunk.job,
                    chunk.job.condemned
                            + " parts of the source ended the workers that inferred them, the last one chunk "
                            + chunk.spec.index() + from
                            + "; convert the source to another format, or use another model",
                    nowUs);
        }
    }

    /** A silent worker came back: nothing had died. */
    private void acquit(SilentWorker silent) {
        for (SilentWorker.Blame blame : silent.blamed()) {
            TrackedChunk chunk = blame.chunk();
            if (chunk.deaths == blame.after() && jobs.findOpen(blame.ref()) == chunk) {
                count(chunk, blame.before());
            }
        }
    }

    private boolean leave(TrackedWorker worker, long nowUs) {
        release(worker, nowUs);
        workers.retire(worker);
        return true;
    }

    private void release(TrackedWorker worker, long nowUs) {
        for (OutstandingGrant grant : List.copyOf(worker.grants)) {
            grants.takeBack(grant, TrackedChunk.READY, Decision.Outcome.LOST, nowUs);
        }
    }

    private boolean grantReport(@Nullable TrackedWorker worker, DispatchEvent.WorkerReport report, long nowUs) {
        return switch (report) {
            case DispatchEvent.Started started -> {
                OutstandingGrant grant = held(worker, started.grant());
                boolean wasAsked = grant != null && grant.revoking;
                if (grant != null) {
                    grants.start(grant, started.firstFrameAtUs(), nowUs);
                    grant.shownAtUs = nowUs;
                }
                // The start of a grant changes no decision, unless it was being revoked.
                yield wasAsked;
            }
            case DispatchEvent.Finished finished -> finished(worker, finished, nowUs);
            case DispatchEvent.Failed failed -> failed(worker, failed, nowUs);
            case DispatchEvent.Revoked revoked -> {
                over(worker, revoked.grant());
                OutstandingGrant grant = held(worker, revoked.grant());
                if (grant != null) {
                    if (!grant.revoking) {
                        // It accepts nothing now, perhaps because it will leave: granting again at once would loop.
                        grant.worker.restsUntilUs = nowUs + settings.backoffUs();
                    }
                    grants.takeBack(grant, TrackedChunk.READY, Decision.Outcome.REVOKED, nowUs);
                }
                yield true;
            }
            case DispatchEvent.Heartbeat ignored -> false;
            case DispatchEvent.Leaving ignored -> false;
        };
    }

    private boolean finished(@Nullable TrackedWorker worker, DispatchEvent.Finished report, long nowUs) {
        over(worker, report.grant());
        OutstandingGrant grant = held(worker, report.grant());
        if (grant != null) {
            grants.finish(grant, report.frames(), report.atUs(), nowUs);
            return true;
        }
        // The grant had been given up, and its worker finished it after all: the result counts.
        TrackedChunk chunk = jobs.findOpen(report.grant());
        if (chunk != null
                && report.grant().attempt() > chunk.base
                && report.grant().attempt() <= chunk.attempt
                && !(chunk.state instanceof TrackedChunk.State.Finished)) {
            grants.finished(chunk, nowUs);
        }
        return true;
    }

    private boolean failed(@Nullable TrackedWorker worker, DispatchEvent.Failed report, long nowUs) {
        over(worker, report.grant());
        OutstandingGrant grant = held(worker, report.grant());
        if (grant == null) {
            return true;
        }
        TrackedChunk chunk = grant.chunk;
        boolean wanted = chunk.isGrantedTo(grant);
        int failures = chunk.failures + 1;
        TrackedChunk.State.Resting rest =
                new TrackedChunk.State.Resting(nowUs + (settings.backoffUs() << Math.min(failures - 1, 10)));
        grants.takeBack(grant, rest, Decision.Outcome.FAILED, nowUs);
        grant.worker.freeAtUs = nowUs;
        if (wanted) {
            chunk.failures = failures;
            chunk.failedOn = grant.worker.name();
            if (report.permanent() || failures >= settings.attempts()) {
                fail(chunk, report, failures, nowUs);
            }
        }
        return true;
    }

    private void fail(TrackedChunk chunk, DispatchEvent.Failed report, int failures, long nowUs) {
        TrackedJob job = chunk.job;
        String attempts = report.permanent() ? "failed permanently" : "failed " + failures + " times";
        String failure = "chunk " + chunk.spec.index() + " (from frame " + chunk.spec.firstFrame() + ") " + attempts
                + ", last on " + report.worker().name() + ": " + report.cause();
        fail(job, failure, nowUs);
    }

    /** Asks the authority to fail a job, and drops its grants. */
    void fail(TrackedJob job, String cause, long nowUs) {
        if (job.phase() instanceof JobPhase.Wanted wanted) {
            job.enter(wanted.fail(cause, nowUs));
        }
        out.add(new DispatchCommand.FailJob(job.descriptor.id(), cause));
        drop(job, nowUs);
    }

    /** Takes back all grants of a job and tells their workers to stop. */
    void drop(TrackedJob job, long nowUs) {
        for (TrackedWorker worker : workers.all()) {
            List<OutstandingGrant> held =
                    worker.grants.stream().filter(g -> g.chunk.job == job).toList();
            for (OutstandingGrant grant : held) {
                grants.takeBack(grant, TrackedChunk.READY, Decision.Outcome.DROPPED, nowUs);
            }
            if (!held.isEmpty()) {
                out.add(new DispatchCommand.DropJob(worker.name(), job.descriptor.id()));
            }
        }
    }

    private boolean heartbeat(@Nullable TrackedWorker known, DispatchEvent.Heartbeat beat, long nowUs) {
        TrackedWorker worker = known;
        boolean changed = worker == null;
        if (worker == null) {
            TrackedWorker before = workers.named(beat.worker().name());
            SilentWorker silent = workers.heardAgain(beat.worker().name());
            if (before != null) {
                workers.sharingProcess(before).forEach(other -> vanishAlone(other, nowUs));
                blame(before, nowUs);
                streams.died(streams.inferredBy(before), nowUs);
                leave(before, nowUs);
            } else if (silent != null && silent.id().equals(beat.worker())) {
                acquit(silent);
            } else if (silent != null) {
                streams.died(silent.streams(), nowUs);
            }
            worker = workers.add(beat.worker(), beat.info(), nowUs);
        }
        changed |= workers.inform(worker, beat.info());
        changed |= !worker.unknownGrants.isEmpty();
        worker.unknownGrants.clear();
        if (beat.epoch() == epoch) {
            changed |= shown(worker, beat.running(), true, nowUs);
            changed |= shown(worker, beat.waiting(), false, nowUs);
        }
        return changed | confirm(worker, nowUs);
    }

    /** Handles one grant of a heartbeat; returns whether it may change a decision. */
    private boolean shown(TrackedWorker worker, @Nullable GrantRef ref, boolean running, long nowUs) {
        if (ref == null) {
            return false;
        }
        OutstandingGrant grant = worker.find(ref);
        if (grant != null) {
            grant.shownAtUs = nowUs;
            return false;
        }
        TrackedChunk chunk = jobs.findOpen(ref);
        if (chunk != null
                && chunk.job.wanted()
                && isFree(chunk)
                && ref.attempt() > chunk.ended
                && ref.attempt() <= chunk.attempt) {
            grants.adopt(chunk, worker, ref.attempt(), running, worker.millicores(), nowUs);
            return true;
        }
        worker.unknownGrants.add(ref);
        if (nowUs - worker.unknownRejectedAtUs >= settings.resendAfterUs()) {
            TrackedJob job = jobs.find(ref.job());
            if (job == null || !job.wanted()) {
                worker.unknownRejectedAtUs = nowUs;
                out.add(new DispatchCommand.DropJob(worker.name(), ref.job()));
            } else if (!running) {
                worker.unknownRejectedAtUs = nowUs;
                out.add(new DispatchCommand.Revoke(worker.name(), ref));
            }
        }
        return true;
    }

    private static boolean isFree(TrackedChunk chunk) {
        return chunk.state instanceof TrackedChunk.State.Ready || chunk.state instanceof TrackedChunk.State.Resting;
    }

    /** Sends commands again, or takes grants back, if this heartbeat does not confirm them. */
    private boolean confirm(TrackedWorker worker, long nowUs) {
        boolean changed = false;
        for (OutstandingGrant grant : List.copyOf(worker.grants)) {
            boolean shown = grant.shownAtUs == nowUs;
            if (!shown && nowUs - grant.sentAtUs >= settings.resendAfterUs() && !grant.chunk.isGrantedTo(grant)) {
                // The chunk has another grant by now, and the worker does not hold this one.
                grants.takeBack(grant, TrackedChunk.READY, Decision.Outcome.LOST, nowUs);
                changed = true;
            } else if (!shown && nowUs - grant.shownAtUs >= settings.lostAfterUs()) {
                grants.takeBack(grant, TrackedChunk.READY, Decision.Outcome.LOST, nowUs);
                changed = true;
            } else if ((!shown || grant.revoking) && nowUs - grant.sentAtUs >= settings.resendAfterUs()) {
                grants.resend(grant, nowUs);
            }
        }
        return changed;
    }

    private @Nullable OutstandingGrant held(@Nullable TrackedWorker worker, GrantRef ref) {
        return worker == null ? null : worker.find(ref);
    }

    /** The worker does not hold this grant any more. */
    private void over(@Nullable TrackedWorker worker, GrantRef ref) {
        if (worker != null) {
            worker.unknownGrants.remove(ref);
        }
        TrackedChunk chunk = jobs.findOpen(ref);
        if (chunk != null) {
            chunk.ended = Math.max(chunk.ended, ref.attempt());
        }
    }
}
