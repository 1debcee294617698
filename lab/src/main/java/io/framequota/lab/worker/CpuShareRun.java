package io.framequota.lab.worker;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.QuotaPlanner;
import io.framequota.scheduler.quota.QuotaPlanner.Rules;
import io.framequota.scheduler.quota.QuotaPlanner.State;
import io.framequota.scheduler.quota.WriteOutcome;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run with a process per placed job: the policy is asked at every arrival and every end, and the production planner
 * brings its answer into force. For one thread.
 */
final class CpuShareRun {
    private static final long FOREVER = Long.MAX_VALUE;
    private static final double NANOS = 1e9;
    /** A share that is not in force by then will not be. */
    private static final double PATIENCE_S = 25;

    private final ScaledExperiment terms;
    private final QuotaPlanner<String> planner;
    /** Names of workers whose share came into force as it was written. */
    private final List<String> made = new ArrayList<>();

    private final BlockingQueue<WorkerEvent> told;
    private final LongSupplier clock;
    private final RunRecorder journal = new RunRecorder();
    private final Deque<Arrival> arrivals;
    private final Map<String, WorkerAssignment> byName = new HashMap<>();
    private final Deque<WorkerAssignment> idle = new ArrayDeque<>();
    /** In order of arrival. */
    private final List<CpuShareJob> jobs = new ArrayList<>();

    private final long startNanos;
    private long positions;
    private long reviewNanos = FOREVER;
    /** When there is more to write, in seconds of the run. */
    private double writeS = Double.POSITIVE_INFINITY;
    /** When the job ended that the next decision is about; 0 when it is about another event. */
    private long endedNanos;

    /**
     * Starts at {@code startNanos} of the clock; all members are idle.
     *
     * @param limits of the members, by their names
     * @param periodNanos between two writes of the same limit
     */
    CpuShareRun(
            ScaledExperiment terms,
            LimitStore<String> limits,
            long periodNanos,
            List<WorkerAssignment> members,
            BlockingQueue<WorkerEvent> told,
            LongSupplier clock,
            long startNanos) {
        this.terms = terms;
        this.planner = new QuotaPlanner<>(
                new Noting(limits),
                new Rules(periodNanos / NANOS, true, CpuQuota.PARKED_MILLI, 0, PATIENCE_S),
                terms.budget());
        this.told = told;
        this.clock = clock;
        this.startNanos = startNanos;
        this.arrivals = new ArrayDeque<>(terms.arrivals());
        members.forEach(m -> {
            byName.put(m.name, m);
            idle.add(m);
            planner.open(m.name, Double.POSITIVE_INFINITY);
        });
    }

    /** Runs until every job has ended. */
    RunRecorder run() throws InterruptedException {
        while (!arrivals.isEmpty() || !jobs.isEmpty()) {
            long now = clock.getAsLong();
            boolean decide = arrive(now) | reviewNanos <= now;
            if (decide) {
                decide(now);
            }
            enforce();
            WorkerEvent next = told.poll(untilNext(clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (next != null && hear(next)) {
                decide(clock.getAsLong());
                enforce();
            }
        }
        return journal;
    }

    private long untilNext(long now) {
        long next = Math.min(
                reviewNanos,
                writeS == Double.POSITIVE_INFINITY ? FOREVER : startNanos + (long) Math.ceil(writeS * NANOS));
        if (!arrivals.isEmpty()) {
            next = Math.min(next, due(arrivals.getFirst()));
        }
        return next == FOREVER ? TimeUnit.HOURS.toNanos(1) : Math.max(0, next - now);
    }

    private long due(Arrival arrival) {
        return startNanos + (long) (arrival.arrivalS() * 1e9);
    }

    private boolean arrive(long now) {
        boolean any = false;
        while (!arrivals.isEmpty() && due(arrivals.getFirst()) <= now) {
            jobs.add(new CpuShareJob(arrivals.removeFirst(), ++positions, terms.limit()));
            any = true;
        }
        return any;
    }

    /** Whether what was heard asks for a decision. */
    private boolean hear(WorkerEvent what) {
        switch (what) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Began began -> {
                WorkerAssignment member = member(began.from());
                if (member != null) {
                    member.beginning = false;
                    member.begunNanos = began.nanos();
                    takenOver(member);
                }
                return false;
            }
            case WorkerEvent.Holds holds -> {
                planner.told(
                        holds.from().name(), new WriteOutcome.Applied(holds.millicores()), seconds(clock.getAsLong()));
                inForce(holds.from().name(), holds.millicores(), holds.nanos());
                return false;
            }
            case WorkerEvent.Ended ended -> {
                WorkerAssignment member = member(ended.from());
                if (member == null || member.job == null) {
                    return false;
                }
                end(member, member.job, ended.nanos());
                return true;
            }
        }
    }

    private void inForce(String worker, int millicores, long nanos) {
        WorkerAssignment member = byName.get(worker);
        if (member != null && member.job != null) {
            journal.has(seconds(nanos), member.job.arrival.id(), millicores);
            member.inForceNanos = nanos;
            takenOver(member);
        }
    }

    /**
     * A share is taken over when its job works and its millicores are in force, whichever comes last: the two are told by
     * threads of their own and may be heard the other way round.
     */
    private void takenOver(WorkerAssignment member) {
        if (member.begins || member.beginning || !planner.settled(member.name)) {
            return;
        }
        long at = Math.max(member.begunNanos, member.inForceNanos);
        if (member.takesOverFrom != 0) {
            // What was in force before the other's end costs nothing to take over.
            journal.handedOver(Math.max(0, at - member.takesOverFrom));
            member.takesOverFrom = 0;
        } else if (member.startsFrom != 0) {
            journal.started(Math.max(0, at - member.startsFrom));
        }
        member.startsFrom = 0;
    }

    private @Nullable WorkerAssignment member(BurnerWorker worker) {
        return byName.values().stream()
                .filter(m -> m.worker == worker)
                .findFirst()
                .orElse(null);
    }

    private void end(WorkerAssignment member, CpuShareJob job, long nanos) {
        jobs.remove(job);
        member.job = null;
        member.millicores = 0;
        member.takesOverFrom = 0;
        member.startsFrom = 0;
        idle.add(member);
        planner.want(member.name, 0, State.IDLE);
        journal.ended(job.arrival, seconds(nanos));
        endedNanos = nanos;
    }

    private void decide(long now) {
        reviewNanos = FOREVER;
        if (jobs.isEmpty()) {
            return;
        }
        List<SnapshotJob> views =
                jobs.stream().map(j -> j.view(terms.coreScale())).toList();
        Allocation allocation = terms.policy()
                .policy()
                .allocate(new Snapshot(
                        seconds(now), terms.budget(), terms.cores(), terms.places(), terms.speedup(), views));
        if (allocation.refusals() > 0) {
            refuse(allocation);
            decide(now);
            return;
        }
        if (allocation.reviewAfterS() < Double.POSITIVE_INFINITY) {
            // Not sooner than a quota may be written again.
            long wait = Math.max((long) (allocation.reviewAfterS() * 1e9), terms.periodNanos());
            reviewNanos = now + wait;
        }
        place(allocation);
    }

    private void refuse(Allocation allocation) {
        List<CpuShareJob> refused = new ArrayList<>();
        for (int i = 0; i < allocation.refusals(); i++) {
            refused.add(jobs.get(allocation.refused(i)));
            journal.refused();
        }
        jobs.removeAll(refused);
    }

    private void place(Allocation allocation) {
        for (int i = 0; i < jobs.size(); i++) {
            CpuShareJob job = jobs.get(i);
            double share = allocation.millicores(i);
            // Where more are named than there are places, it waits until one is free.
            WorkerAssignment member = job.member == null && share > 0 ? begin(job) : job.member;
            if (member != null) {
                planner.want(member.name, share, State.RUNS);
            }
        }
        for (CpuShareJob job : jobs) {
            if (job.member != null) {
                give(job.member, (int) Math.round(planner.wanted(job.member.name)));
            }
        }
    }

    private @Nullable WorkerAssignment begin(CpuShareJob job) {
        WorkerAssignment member = idle.pollFirst();
        if (member != null) {
            member.job = job;
            member.begins = true;
            member.startsFrom = endedNanos == 0 ? clock.getAsLong() : 0;
            job.member = member;
            job.cpuBefore = member.worker.cpuS();
        }
        return member;
    }

    private void give(WorkerAssignment member, int millicores) {
        Parallelism width = terms.width(millicores);
        if (!width.equals(member.width)) {
            member.width = width;
            if (!member.begins) {
                member.worker.widen(width);
            }
        }
        if (millicores != member.millicores) {
            // An end that leaves this share as it is hands nothing over to it.
            member.millicores = millicores;
            member.takesOverFrom = endedNanos;
        }
    }

    private void enforce() {
        made.clear();
        writeS = planner.step(seconds(clock.getAsLong()));
        for (String worker : made) {
            inForce(worker, (int) Math.round(planner.inForce(worker)), clock.getAsLong());
        }
        for (String worker : byName.keySet()) {
            planner.missed(worker).ifPresent(missed -> {
                throw new RunFailedException(
                        worker + " did not get " + Math.round(planner.wanted(worker)) + "m: " + missed.words());
            });
        }
        for (WorkerAssignment member : byName.values()) {
            CpuShareJob job = member.job;
            if (member.begins && job != null) {
                member.begins = false;
                member.beginning = true;
                member.worker.run(job.arrival.id(), terms.units(member, job.arrival), member.width);
            }
        }
        endedNanos = 0;
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / NANOS;
    }

    /** Notes which writes were in force at once. */
    private final class Noting implements LimitStore<String> {
        private final LimitStore<String> limits;

        Noting(LimitStore<String> limits) {
            this.limits = limits;
        }

        @Override
        public OptionalDouble inForce(String worker) {
            return limits.inForce(worker);
        }

        @Override
        public Optional<WriteOutcome> write(String worker, double millicores) {
            Optional<WriteOutcome> outcome = limits.write(worker, millicores);
            if (outcome.orElse(null) instanceof WriteOutcome.Applied) {
                made.add(worker);
            }
            return outcome;
        }

        @Override
        public boolean hasRoom(String worker, double millicores) {
            return limits.hasRoom(worker, millicores);
        }
    }
}
