package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.quota.LimitStore;
import io.framequota.scheduler.quota.QuotaPlanner;
import io.framequota.scheduler.quota.QuotaPlanner.Rules;
import io.framequota.scheduler.quota.QuotaPlanner.State;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Runs jobs whose shares are enforced as quotas: the policy is asked at every arrival and every end, and the production
 * {@link QuotaPlanner} writes its answer to a simulated machine.
 */
final class ShareSimulation {
    /** Jobs end at the same time if their ends differ by at most this, relative to the time. */
    private static final double TOGETHER = 1e-12;
    /** Numbers of cores are equal if they differ by at most this relative amount. */
    private static final double SAME = 1e-12;

    private final Scenario scenario;
    private final RunStatistics statistics;
    private final QuotaMeter meter;
    private final Iterator<Arrival> arrivals;
    private final StreamChanges streams;
    /** Jobs in order of arrival. */
    private final List<FluidJob> jobs = new ArrayList<>();

    private final QuotaPlanner<FluidJob> planner;

    private Arrival next;
    private boolean more;
    private long positions;
    private double nowS;
    private double reviewS = Double.POSITIVE_INFINITY;
    /** When a quota may be written that had to wait for the end of its period. */
    private double settleS = Double.POSITIVE_INFINITY;
    /** Thousandths of the cores that streams hold. */
    private int reserved;
    /** Cores that were not in use before the current event. */
    private double free;

    ShareSimulation(Scenario scenario, RunStatistics statistics) {
        this.scenario = scenario;
        this.statistics = statistics;
        meter = QuotaMeter.of(scenario);
        planner = new QuotaPlanner<>(
                new Machine(),
                new Rules(
                        // Writing a fluid quota does not refill anything.
                        scenario.quota() == QuotaModel.STAIRCASE ? scenario.periodMs() / 1e3 : 0,
                        scenario.grid() == ShareGrid.TEN_MILLI,
                        scenario.parkMilli(),
                        0,
                        Double.POSITIVE_INFINITY),
                scenario.budgetMilli());
        arrivals = scenario.workload().stream(scenario.seed());
        streams = new StreamChanges(scenario.workload().streams());
        next = arrivals.next();
        more = true;
    }

    void run() {
        while (more || !jobs.isEmpty()) {
            double then = nextEvent();
            if (then == Double.POSITIVE_INFINITY) {
                throw new ScenarioException("the policy " + scenario.policy().name() + " leaves " + jobs.size()
                        + " jobs without cores for ever");
            }
            pass(then);
            boolean decide = reviewS <= nowS | end() | changeStreams() | arrive();
            raise();
            if (decide) {
                decide();
            } else if (settleS <= nowS) {
                settleS = planner.step(nowS);
            }
        }
    }

    /** The latest time at which an end counts as being now. */
    static double together(double nowS) {
        return nowS * (1 + TOGETHER);
    }

    private double nextEvent() {
        double then = Math.min(more ? next.arrivalS() : Double.POSITIVE_INFINITY, Math.min(reviewS, settleS));
        then = Math.min(then, streams.nextS());
        for (FluidJob job : jobs) {
            then = Math.min(then, Math.min(job.endS(), job.raiseS));
        }
        return then;
    }

    private void pass(double then) {
        double held = 0;
        double promised = 0;
        for (FluidJob job : jobs) {
            held += job.cores();
            promised += job.raiseS < Double.POSITIVE_INFINITY ? Math.max(job.raise, job.cores()) : job.cores();
        }
        free = scenario.cores() - reserved / 1000.0 - promised;
        statistics.advance(then, jobs.size(), held);
        nowS = then;
    }

    private boolean end() {
        double together = together(nowS);
        boolean any = false;
        for (FluidJob job : jobs) {
            any |= job.endS() <= together;
        }
        if (any) {
            jobs.removeIf(job -> {
                boolean ends = job.endS() <= together;
                if (ends) {
                    planner.close(job);
                    statistics.throttled(job.stoodStill(nowS));
                    statistics.change(nowS, job.arrival.id(), 0);
                    statistics.ended(nowS, job.arrival);
                }
                return ends;
            });
        }
        return any;
    }

    /** Streams that open or end change the budget of the jobs. */
    private boolean changeStreams() {
        boolean any = false;
        while (streams.nextS() <= nowS) {
            StreamChanges.Change change = streams.take();
            int held = change.stream().demand().millicores();
            reserved += change.opens() ? held : -held;
            any = true;
        }
        if (any) {
            planner.budget(budget());
        }
        return any;
    }

    /** Millicores that streams leave to the jobs. */
    private double budget() {
        return Math.max(0, scenario.budgetMilli() - reserved / 1000.0 * scenario.core());
    }

    private boolean arrive() {
        boolean any = false;
        while (more && next.arrivalS() <= nowS) {
            FluidJob job = new FluidJob(next, ++positions, limit(next), meter);
            jobs.add(job);
            planner.open(job, Double.POSITIVE_INFINITY);
            more = arrivals.hasNext();
            next = more ? arrivals.next() : next;
            any = true;
        }
        return any;
    }

    /** The most millicores that a job can use. */
    private double limit(Arrival job) {
        double cores = scenario.speedup().limit();
        return (job.parallelism() == JobDescriptor.UNLIMITED ? cores : Math.min(cores, job.parallelism()))
                * scenario.core();
    }

    /** Brings raises into force whose handover is over. */
    private void raise() {
        if (scenario.handoverMs() > 0) {
            for (FluidJob job : jobs) {
                if (job.raiseS <= nowS) {
                    write(job, job.raise);
                    planner.written(job, new WriteOutcome.Applied(job.cores() * scenario.core()), nowS);
                }
            }
        }
    }

    private void decide() {
        reviewS = Double.POSITIVE_INFINITY;
        settleS = Double.POSITIVE_INFINITY;
        if (jobs.isEmpty()) {
            return;
        }
        statistics.decision();
        SnapshotJob[] views = new SnapshotJob[jobs.size()];
        for (int i = 0; i < views.length; i++) {
            views[i] = jobs.get(i).view(nowS);
        }
        Allocation allocation = scenario.policy()
                .policy()
                .allocate(new Snapshot(
                        nowS,
                        budget(),
                        (int) Math.ceil(budget() / scenario.core() - 1e-9),
                        scenario.places(),
                        scenario.speedup(),
                        List.of(views)));
        if (allocation.refusals() > 0) {
            refuse(allocation);
            decide();
            return;
        }
        reviewS = nowS + Math.max(allocation.reviewAfterS(), Math.max(1e-12, Math.ulp(nowS)));
        enforce(allocation);
    }

    private void refuse(Allocation allocation) {
        List<FluidJob> refused = new ArrayList<>();
        for (int i = 0; i < allocation.refusals(); i++) {
            FluidJob job = jobs.get(allocation.refused(i));
            refused.add(job);
            planner.close(job);
            statistics.refused(nowS, job.arrival);
        }
        jobs.removeAll(refused);
    }

    private void enforce(Allocation allocation) {
        for (int i = 0; i < jobs.size(); i++) {
            planner.want(jobs.get(i), allocation.millicores(i), State.RUNS);
        }
        settleS = planner.step(nowS);
        statistics.holds(planner.allotted());
    }

    private void write(FluidJob job, double cores) {
        statistics.throttled(job.write(cores, nowS));
        statistics.change(nowS, job.arrival.id(), cores * scenario.core());
    }

    /**
     * The simulated machine. A lower quota is in force at once. A higher quota is in force at once if the additional
     * cores were not in use, otherwise after the handover.
     */
    private final class Machine implements LimitStore<FluidJob> {
        @Override
        public OptionalDouble inForce(FluidJob job) {
            return OptionalDouble.of(job.cores() * scenario.core());
        }

        @Override
        public Optional<WriteOutcome> write(FluidJob job, double millicores) {
            double cores = millicores / scenario.core();
            double more = cores - job.cores();
            if (Math.abs(more) <= SAME * cores) {
                // Cancels a pending raise; there is nothing to write.
                job.raiseS = Double.POSITIVE_INFINITY;
            } else if (more < 0 || scenario.handoverMs() == 0 || more <= free + SAME) {
                free -= Math.max(0, more);
                ShareSimulation.this.write(job, cores);
            } else {
                job.raise = cores;
                job.raiseS = nowS + scenario.handoverMs() / 1e3;
                return Optional.empty();
            }
            return Optional.of(new WriteOutcome.Applied(millicores));
        }
    }
}
