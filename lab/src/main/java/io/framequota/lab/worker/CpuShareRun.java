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
 * One run with a process for each placed job. The policy decides at every arrival and end, and the production planner
 * enforces the decision. For one thread.
 */
final class CpuShareRun {
    private static final long FOREVER = Long.MAX_VALUE;
    private static final double NANOS = 1e9;
    /** The run fails if a share is not in force within this time. */
    private static final double PATIENCE_S = 25;

    private final ScaledExperiment scaled;
    private final QuotaPlanner<String> planner;
    /** Workers whose share was in force as soon as it was written. */
    private final List<String> made = new ArrayList<>();

    private final BlockingQueue<WorkerEvent> events;
    private final LongSupplier clock;
    private final RunRecorder recorder = new RunRecorder();
    private final Deque<Arrival> arrivals;
    private final Map<String, WorkerAssignment> byName = new HashMap<>();
    private final Deque<WorkerAssignment> idle = new ArrayDeque<>();
    /** In order of arrival. */
    private final List<CpuShareJob> jobs = new ArrayList<>();

    private final long startNanos;
    private long positions;
    private long reviewNanos = FOREVER;
    /** Time of the next write, in seconds of the run. */
    private double writeS = Double.POSITIVE_INFINITY;
    /** End of the job that causes the next decision; 0 if another event causes it. */
    private long endedNanos;

    /**
     * A run that starts at {@code startNanos} of the clock, with idle workers.
     *
     * @param limits limits of the workers, by name
     * @param periodNanos least time between two writes of the same limit
     */
    CpuShareRun(
            ScaledExperiment scaled,
            LimitStore<String> limits,
            long periodNanos,
            List<WorkerAssignment> assignments,
            BlockingQueue<WorkerEvent> events,
            LongSupplier clock,
            long startNanos) {
        this.scaled = scaled;
        this.planner = new QuotaPlanner<>(
                new Noting(limits),
                new Rules(periodNanos / NANOS, true, CpuQuota.PARKED_MILLI, 0, PATIENCE_S),
                scaled.budget());
        this.events = events;
        this.clock = clock;
        this.startNanos = startNanos;
        this.arrivals = new ArrayDeque<>(scaled.arrivals());
        assignments.forEach(m -> {
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
            WorkerEvent next = events.poll(untilNext(clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (next != null && handle(next)) {
                decide(clock.getAsLong());
                enforce();
            }
        }
        return recorder;
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
            jobs.add(new CpuShareJob(arrivals.removeFirst(), ++positions, scaled.limit()));
            any = true;
        }
        return any;
    }

    /** Handles an event. Returns whether the policy must decide again. */
    private boolean handle(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Began began -> {
                WorkerAssignment assignment = assignment(began.from());
                if (assignment != null) {
                    assignment.beginning = false;
                    assignment.begunNanos = began.nanos();
                    takenOver(assignment);
                }
                return false;
            }
            case WorkerEvent.Holds holds -> {
                planner.written(
                        holds.from().name(), new WriteOutcome.Applied(holds.millicores()), seconds(clock.getAsLong()));
                inForce(holds.from().name(), holds.millicores(), holds.nanos());
                return false;
            }
            case WorkerEvent.Ended ended -> {
                WorkerAssignment assignment = assignment(ended.from());
                if (assignment == null || assignment.job == null) {
                    return false;
                }
                end(assignment, assignment.job, ended.nanos());
                return true;
            }
        }
    }

    private void inForce(String worker, int millicores, long nanos) {
        WorkerAssignment assignment = byName.get(worker);
        if (assignment != null && assignment.job != null) {
            recorder.has(seconds(nanos), assignment.job.arrival.id(), millicores);
            assignment.inForceNanos = nanos;
            takenOver(assignment);
        }
    }

    /**
     * A share is taken over as soon as its job runs and its millicores are in force. Two threads report these events, in
     * either order.
     */
    private void takenOver(WorkerAssignment assignment) {
        if (assignment.begins || assignment.beginning || !planner.settled(assignment.name)) {
            return;
        }
        long at = Math.max(assignment.begunNanos, assignment.inForceNanos);
        if (assignment.takesOverFrom != 0) {
            // A share that was in force before the other job ended takes no time to hand over.
            recorder.handedOver(Math.max(0, at - assignment.takesOverFrom));
            assignment.takesOverFrom = 0;
        } else if (assignment.startsFrom != 0) {
            recorder.started(Math.max(0, at - assignment.startsFrom));
        }
        assignment.startsFrom = 0;
    }

    private @Nullable WorkerAssignment assignment(BurnerWorker worker) {
        return byName.values().stream()
                .filter(m -> m.worker == worker)
                .findFirst()
                .orElse(null);
    }

    private void end(WorkerAssignment assignment, CpuShareJob job, long nanos) {
        jobs.remove(job);
        assignment.job = null;
        assignment.millicores = 0;
        assignment.takesOverFrom = 0;
        assignment.startsFrom = 0;
        idle.add(assignment);
        planner.want(assignment.name, 0, State.IDLE);
        recorder.ended(job.arrival, seconds(nanos));
        endedNanos = nanos;
    }

    private void decide(long now) {
        reviewNanos = FOREVER;
        if (jobs.isEmpty()) {
            return;
        }
        List<SnapshotJob> views =
                jobs.stream().map(j -> j.view(scaled.coreScale())).toList();
        Allocation allocation = scaled.policy()
                .policy()
                .allocate(new Snapshot(
                        seconds(now), scaled.budget(), scaled.cores(), scaled.places(), scaled.speedup(), views));
        if (allocation.refusals() > 0) {
            refuse(allocation);
            decide(now);
            return;
        }
        if (allocation.reviewAfterS() < Double.POSITIVE_INFINITY) {
            // A quota cannot be written again earlier.
            long wait = Math.max((long) (allocation.reviewAfterS() * 1e9), scaled.periodNanos());
            reviewNanos = now + wait;
        }
        place(allocation);
    }

    private void refuse(Allocation allocation) {
        List<CpuShareJob> refused = new ArrayList<>();
        for (int i = 0; i < allocation.refusals(); i++) {
            refused.add(jobs.get(allocation.refused(i)));
            recorder.refused();
        }
        jobs.removeAll(refused);
    }

    private void place(Allocation allocation) {
        for (int i = 0; i < jobs.size(); i++) {
            CpuShareJob job = jobs.get(i);
            double share = allocation.millicores(i);
            // If all workers are busy, the job waits for one.
            WorkerAssignment assignment = job.assignment == null && share > 0 ? begin(job) : job.assignment;
            if (assignment != null) {
                planner.want(assignment.name, share, State.RUNS);
            }
        }
        for (CpuShareJob job : jobs) {
            if (job.assignment != null) {
                give(job.assignment, (int) Math.round(planner.wanted(job.assignment.name)));
            }
        }
    }

    private @Nullable WorkerAssignment begin(CpuShareJob job) {
        WorkerAssignment assignment = idle.pollFirst();
        if (assignment != null) {
            assignment.job = job;
            assignment.begins = true;
            assignment.startsFrom = endedNanos == 0 ? clock.getAsLong() : 0;
            job.assignment = assignment;
            job.cpuBefore = assignment.worker.cpuS();
        }
        return assignment;
    }

    private void give(WorkerAssignment assignment, int millicores) {
        Parallelism parallelism = scaled.parallelism(millicores);
        if (!parallelism.equals(assignment.parallelism)) {
            assignment.parallelism = parallelism;
            if (!assignment.begins) {
                assignment.worker.setParallelism(parallelism);
            }
        }
        if (millicores != assignment.millicores) {
            // Only a changed share is a handover.
            assignment.millicores = millicores;
            assignment.takesOverFrom = endedNanos;
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
        for (WorkerAssignment assignment : byName.values()) {
            CpuShareJob job = assignment.job;
            if (assignment.begins && job != null) {
                assignment.begins = false;
                assignment.beginning = true;
                assignment.worker.run(job.arrival.id(), scaled.units(assignment, job.arrival), assignment.parallelism);
            }
        }
        endedNanos = 0;
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / NANOS;
    }

    /** Records which writes were in force immediately. */
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
