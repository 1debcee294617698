package io.framequota.scheduler.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies what workers report to the grants that are out. */
final class Reports {
    private final Settings settings;
    private final long epoch;
    private final Workers workers;
    private final Jobs jobs;
    private final Grants grants;
    private final List<Command> out;

    Reports(Settings settings, long epoch, Workers workers, Jobs jobs, Grants grants, List<Command> out) {
        this.settings = settings;
        this.epoch = epoch;
        this.workers = workers;
        this.jobs = jobs;
        this.grants = grants;
        this.out = out;
    }

    /** Applies a report; whether decisions may depend on what it changed. */
    boolean apply(Event.WorkerReport report, long nowUs) {
        if (workers.isRetired(report.worker())) {
            return false;
        }
        Worker worker = workers.find(report.worker());
        if (worker != null) {
            worker.seenAtUs = nowUs;
        }
        if (report instanceof Event.Heartbeat heartbeat) {
            return heartbeat(worker, heartbeat, nowUs);
        }
        if (report instanceof Event.Leaving) {
            return worker != null && leave(worker, nowUs);
        }
        // What a worker did under an older leader is void: the committer refuses it.
        return report.epoch() == epoch && grantReport(worker, report, nowUs);
    }

    /** Takes back what a silent worker held; that is nobody's failure. */
    void vanish(Worker worker, long nowUs) {
        release(worker, nowUs);
        workers.forget(worker);
    }

    private boolean leave(Worker worker, long nowUs) {
        release(worker, nowUs);
        workers.retire(worker);
        return true;
    }

    private void release(Worker worker, long nowUs) {
        for (HeldGrant grant : List.copyOf(worker.grants)) {
            grants.takeBack(grant, Chunk.READY, Decision.Outcome.LOST, nowUs);
        }
    }

    private boolean grantReport(@Nullable Worker worker, Event.WorkerReport report, long nowUs) {
        return switch (report) {
            case Event.Started started -> {
                HeldGrant grant = held(worker, started.grant());
                boolean wasAsked = grant != null && grant.revoking;
                if (grant != null) {
                    grants.start(grant, started.firstFrameAtUs(), nowUs);
                    grant.shownAtUs = nowUs;
                }
                // That a grant runs as expected changes no choice.
                yield wasAsked;
            }
            case Event.Finished finished -> finished(worker, finished, nowUs);
            case Event.Failed failed -> failed(worker, failed, nowUs);
            case Event.Revoked revoked -> {
                over(worker, revoked.grant());
                HeldGrant grant = held(worker, revoked.grant());
                if (grant != null) {
                    if (!grant.revoking) {
                        // It takes nothing now, perhaps because it is about to leave: offering it again at once would
                        // loop.
                        grant.worker.restsUntilUs = nowUs + settings.backoffUs();
                    }
                    grants.takeBack(grant, Chunk.READY, Decision.Outcome.REVOKED, nowUs);
                }
                yield true;
            }
            case Event.Heartbeat ignored -> false;
            case Event.Leaving ignored -> false;
        };
    }

    private boolean finished(@Nullable Worker worker, Event.Finished report, long nowUs) {
        over(worker, report.grant());
        HeldGrant grant = held(worker, report.grant());
        if (grant != null) {
            grants.finish(grant, report.atUs(), nowUs);
            return true;
        }
        // A worker that had been given up came to an end after all: its result counts.
        Chunk chunk = jobs.findOpen(report.grant());
        if (chunk != null
                && report.grant().attempt() > chunk.base
                && report.grant().attempt() <= chunk.attempt
                && !(chunk.state instanceof Chunk.State.Finished)) {
            grants.finished(chunk, nowUs);
        }
        return true;
    }

    private boolean failed(@Nullable Worker worker, Event.Failed report, long nowUs) {
        over(worker, report.grant());
        HeldGrant grant = held(worker, report.grant());
        if (grant == null) {
            return true;
        }
        Chunk chunk = grant.chunk;
        boolean wanted = chunk.isGrantedTo(grant);
        int failures = chunk.failures + 1;
        Chunk.State.Resting rest =
                new Chunk.State.Resting(nowUs + (settings.backoffUs() << Math.min(failures - 1, 10)));
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

    private void fail(Chunk chunk, Event.Failed report, int failures, long nowUs) {
        Job job = chunk.job;
        String attempts = report.permanent() ? "failed for good" : "failed " + failures + " times";
        String failure = "chunk " + chunk.spec.index() + " (from frame " + chunk.spec.firstFrame() + ") " + attempts
                + ", last on " + report.worker().name() + ": " + report.cause();
        fail(job, failure, nowUs);
    }

    /** Has a job failed. */
    void fail(Job job, String cause, long nowUs) {
        if (job.phase instanceof JobPhase.Wanted wanted) {
            job.phase = wanted.fail(cause, nowUs);
        }
        out.add(new Command.FailJob(job.spec.id(), cause));
        drop(job, nowUs);
    }

    /** Takes back everything of a job, and tells the workers that hold something. */
    void drop(Job job, long nowUs) {
        for (Worker worker : workers.all()) {
            List<HeldGrant> held =
                    worker.grants.stream().filter(g -> g.chunk.job == job).toList();
            for (HeldGrant grant : held) {
                grants.takeBack(grant, Chunk.READY, Decision.Outcome.DROPPED, nowUs);
            }
            if (!held.isEmpty()) {
                out.add(new Command.DropJob(worker.name(), job.spec.id()));
            }
        }
    }

    private boolean heartbeat(@Nullable Worker known, Event.Heartbeat beat, long nowUs) {
        Worker worker = known;
        boolean changed = worker == null;
        if (worker == null) {
            Worker before = workers.named(beat.worker().name());
            if (before != null) {
                leave(before, nowUs);
            }
            worker = workers.add(beat.worker(), beat.info(), nowUs);
        }
        changed |= !worker.info.equals(beat.info());
        worker.info = beat.info();
        changed |= !worker.strangers.isEmpty();
        worker.strangers.clear();
        if (beat.epoch() == epoch) {
            changed |= shown(worker, beat.running(), true, nowUs);
            changed |= shown(worker, beat.waiting(), false, nowUs);
        }
        return changed | confirm(worker, nowUs);
    }

    /** One grant that a heartbeat shows. */
    private boolean shown(Worker worker, @Nullable GrantRef ref, boolean running, long nowUs) {
        if (ref == null) {
            return false;
        }
        HeldGrant grant = worker.find(ref);
        if (grant != null) {
            grant.shownAtUs = nowUs;
            return false;
        }
        Chunk chunk = jobs.findOpen(ref);
        if (chunk != null
                && chunk.job.wanted()
                && isFree(chunk)
                && ref.attempt() > chunk.ended
                && ref.attempt() <= chunk.attempt) {
            grants.adopt(chunk, worker, ref.attempt(), running, worker.millicores(), nowUs);
            return true;
        }
        worker.strangers.add(ref);
        if (nowUs - worker.toldAtUs >= settings.resendAfterUs()) {
            Job job = jobs.find(ref.job());
            if (job == null || !job.wanted()) {
                worker.toldAtUs = nowUs;
                out.add(new Command.DropJob(worker.name(), ref.job()));
            } else if (!running) {
                worker.toldAtUs = nowUs;
                out.add(new Command.Revoke(worker.name(), ref));
            }
        }
        return true;
    }

    private static boolean isFree(Chunk chunk) {
        return chunk.state instanceof Chunk.State.Ready || chunk.state instanceof Chunk.State.Resting;
    }

    /** Sends again, or gives up, what this heartbeat did not show. */
    private boolean confirm(Worker worker, long nowUs) {
        boolean changed = false;
        for (HeldGrant grant : List.copyOf(worker.grants)) {
            boolean shown = grant.shownAtUs == nowUs;
            if (!shown && nowUs - grant.sentAtUs >= settings.resendAfterUs() && !grant.chunk.isGrantedTo(grant)) {
                // Nobody waits for it any more, and its worker has none of it.
                grants.takeBack(grant, Chunk.READY, Decision.Outcome.LOST, nowUs);
                changed = true;
            } else if (!shown && nowUs - grant.shownAtUs >= settings.lostAfterUs()) {
                grants.takeBack(grant, Chunk.READY, Decision.Outcome.LOST, nowUs);
                changed = true;
            } else if ((!shown || grant.revoking) && nowUs - grant.sentAtUs >= settings.resendAfterUs()) {
                grants.resend(grant, nowUs);
            }
        }
        return changed;
    }

    private @Nullable HeldGrant held(@Nullable Worker worker, GrantRef ref) {
        return worker == null ? null : worker.find(ref);
    }

    /** The worker has nothing to do with this grant any more. */
    private void over(@Nullable Worker worker, GrantRef ref) {
        if (worker != null) {
            worker.strangers.remove(ref);
        }
        Chunk chunk = jobs.findOpen(ref);
        if (chunk != null) {
            chunk.ended = Math.max(chunk.ended, ref.attempt());
        }
    }
}
