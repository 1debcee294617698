package io.framequota.scheduler.simulator;

import io.framequota.common.compute.ComputeTimeBuckets;
import io.framequota.common.compute.ComputeTimeRules;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.UsableCores;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs in batches on devices whose compute time is divided among them: the policy is asked at every arrival and every end, and the
 * production {@link ComputeTimeBuckets} say which job's batch a free device takes next. A core of the scenario is a device.
 */
final class ComputeTimeSimulation {
    private static final double NANOS = 1e9;

    private static final class Job {
        final Arrival arrival;
        final String id;
        final SnapshotJob queued;
        /** Nanoseconds of compute time that no batch has taken yet, and that batches have computed. */
        long leftNs;

        long doneNs;
        int running;
        double millicores;

        Job(Arrival arrival, long position, double limit, long workNs) {
            this.arrival = arrival;
            id = Long.toString(arrival.id());
            leftNs = workNs;
            queued = new SnapshotJob(
                    id,
                    position,
                    false,
                    arrival.arrivalS(),
                    SchedulingLabels.deadline(arrival.labels(), arrival.arrivalS()),
                    SchedulingLabels.weight(arrival.labels()),
                    0,
                    arrival.sizeS(),
                    true,
                    limit,
                    UsableCores.UNKNOWN,
                    arrival.labels());
        }
    }

    private record Batch(Job job, long ns, long endNs, ComputeTimeBuckets.Charge charge) {}

    private final Scenario scenario;
    private final RunStatistics statistics;
    private final Iterator<Arrival> arrivals;
    private final ComputeTimeRules rules;
    private final ComputeTimeBuckets buckets;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final PriorityQueue<Batch> running = new PriorityQueue<>((a, b) -> Long.compare(a.endNs, b.endNs));
    private @Nullable Arrival next;
    private long positions;
    private long nowNs;
    private double reviewS = Double.POSITIVE_INFINITY;

    ComputeTimeSimulation(Scenario scenario, RunStatistics statistics) {
        if (!(scenario.speedup() instanceof Speedup.Linear)) {
            throw new ScenarioException(
                    "speedup cannot be other than linear; allowed: linear with gpu-time, because a job's"
                            + " batches do not depend on one another");
        }
        if (!scenario.workload().streams().isEmpty()) {
            throw new ScenarioException("streams cannot be beside gpu-time; allowed: jobs");
        }
        this.scenario = scenario;
        this.statistics = statistics;
        rules = new ComputeTimeRules(Math.max(1, Math.round(scenario.periodMs() * 1e6)), 1, false);
        buckets = new ComputeTimeBuckets(rules);
        arrivals = scenario.workload().stream(scenario.seed());
        next = arrivals.next();
    }

    void run() {
        while (next != null || !jobs.isEmpty()) {
            boolean decide = reviewS * NANOS <= nowNs | end() | arrive();
            if (decide && !jobs.isEmpty()) {
                decide();
            }
            start();
            pass();
        }
    }

    private void pass() {
        Arrival arrival = next;
        double then = Math.min(arrival == null ? Double.POSITIVE_INFINITY : arrival.arrivalS(), reviewS) * NANOS;
        Batch first = running.peek();
        if (first != null) {
            then = Math.min(then, first.endNs());
        }
        if (running.size() < scenario.cores()) {
            for (String job : waiting()) {
                then = Math.min(then, nowNs + Math.max(1, buckets.untilReadyNs(job, nowNs)));
            }
        }
        if (jobs.isEmpty() && next == null) {
            return;
        }
        if (then == Double.POSITIVE_INFINITY) {
            throw new ScenarioException("the policy " + scenario.policy().name() + " leaves " + jobs.size()
                    + " jobs without compute time for ever");
        }
        nowNs = Math.max(nowNs, (long) Math.ceil(then));
        statistics.advance(nowNs / NANOS, jobs.size(), running.size());
    }

    private boolean end() {
        boolean any = false;
        for (Batch batch = running.peek(); batch != null && batch.endNs() <= nowNs; batch = running.peek()) {
            running.remove();
            Job job = batch.job();
            batch.charge().settle(batch.ns(), nowNs);
            job.doneNs += batch.ns();
            job.running--;
            if (job.leftNs == 0 && job.running == 0) {
                jobs.remove(job.id);
                statistics.change(nowNs / NANOS, job.arrival.id(), 0);
                statistics.ended(nowNs / NANOS, job.arrival);
                any = true;
            }
        }
        return any;
    }

    private boolean arrive() {
        boolean any = false;
        Arrival arrival = next;
        while (arrival != null && arrival.arrivalS() * NANOS <= nowNs) {
            int parallel = arrival.parallelism();
            double limit = parallel == JobDescriptor.UNLIMITED ? Double.POSITIVE_INFINITY : parallel * scenario.core();
            Job job = new Job(arrival, ++positions, limit, Math.max(1, Math.round(arrival.sizeS() * work())));
            jobs.put(job.id, job);
            arrival = arrivals.hasNext() ? arrivals.next() : null;
            any = true;
        }
        next = arrival;
        return any;
    }

    /** Nanoseconds that a device computes for one second on a core of the experiment. */
    private double work() {
        return NANOS * scenario.core() / 1000;
    }

    private void decide() {
        statistics.decision();
        List<Job> present = List.copyOf(jobs.values());
        Allocation allocation = scenario.policy()
                .policy()
                .allocate(new Snapshot(
                        nowNs / NANOS,
                        scenario.budgetMilli(),
                        scenario.cores(),
                        scenario.places(),
                        scenario.speedup(),
                        present.stream().map(this::view).toList()));
        if (allocation.refusals() > 0) {
            for (int i = 0; i < allocation.refusals(); i++) {
                Job job = present.get(allocation.refused(i));
                jobs.remove(job.id);
                statistics.refused(nowNs / NANOS, job.arrival);
            }
            if (!jobs.isEmpty()) {
                decide();
            }
            return;
        }
        reviewS = nowNs / NANOS + Math.max(allocation.reviewAfterS(), 1 / NANOS);
        Map<String, Double> shares = new HashMap<>();
        double sum = 0;
        for (int i = 0; i < present.size(); i++) {
            Job job = present.get(i);
            double millicores = allocation.millicores(i);
            if (millicores != job.millicores) {
                statistics.change(nowNs / NANOS, job.arrival.id(), millicores);
            }
            job.millicores = millicores;
            shares.put(job.id, millicores);
            sum += millicores;
        }
        statistics.holds(sum);
        buckets.divide(rules, shares, nowNs);
    }

    private SnapshotJob view(Job job) {
        return job.doneNs + job.running == 0 ? job.queued : job.queued.begun(job.doneNs / work());
    }

    /** Jobs with a share and a batch that no device computes. */
    private List<String> waiting() {
        List<String> waiting = new ArrayList<>();
        for (Job job : jobs.values()) {
            if (job.millicores > 0 && job.leftNs > 0 && job.running < Math.max(1, job.arrival.parallelism())) {
                waiting.add(job.id);
            }
        }
        return waiting;
    }

    private void start() {
        while (running.size() < scenario.cores()) {
            String id = buckets.next(waiting(), true, nowNs);
            Job job = id == null ? null : jobs.get(id);
            if (job == null) {
                return;
            }
            long ns = Math.min(job.leftNs, Math.max(1, Math.round(scenario.chunkS() * NANOS)));
            job.leftNs -= ns;
            job.running++;
            running.add(new Batch(job, ns, nowNs + ns, buckets.start(job.id, ns, nowNs)));
        }
    }
}
