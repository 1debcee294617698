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
 * A run in which shares are enforced directly, as quotas are: the policy is asked at every arrival and every end, and the
 * production planner writes what it answers to a simulated machine.
 */
final class ShareSimulation {
    /** Ends this close together, relative to the time, are one. */
    private static final double TOGETHER = 1e-12;
    /** Cores this close are the same. */
    private static final double SAME = 1e-12;

    private final Scenario scenario;
    private final RunStatistics tally;
    private final QuotaMeter meter;
    private final Iterator<Arrival> arrivals;
    /** Jobs in order of arrival. */
    private final List<FluidJob> jobs = new ArrayList<>();

    private final QuotaPlanner<FluidJob> planner;

    private Arrival next;
    private boolean more;
    private long positions;
    private double nowS;
    private double reviewS = Double.POSITIVE_INFINITY;
    /** When a quota may be written that had to wait. */
    private double settleS = Double.POSITIVE_INFINITY;
    /** Cores that nobody held before what happens now. */
    private double free;

    ShareSimulation(Scenario scenario, RunStatistics tally) {
        this.scenario = scenario;
        this.tally = tally;
        meter = QuotaMeter.of(scenario);
        planner = new QuotaPlanner<>(
                new Machine(),
                new Rules(
                        // A fluid quota is not refilled by a write.
                        scenario.quota() == QuotaModel.STAIRCASE ? scenario.periodMs() / 1e3 : 0,
                        scenario.grid() == ShareGrid.TEN_MILLI,
                        scenario.parkMilli(),
                        0,
                        Double.POSITIVE_INFINITY),
                scenario.budgetMilli());
        arrivals = scenario.workload().stream(scenario.seed());
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
            boolean decide = reviewS <= nowS | end() | arrive();
            raise();
            if (decide) {
                decide();
            } else if (settleS <= nowS) {
                settleS = planner.step(nowS);
            }
        }
    }

    /** Until when an end counts as being now. */
    static double together(double nowS) {
        return nowS * (1 + TOGETHER);
    }

    private double nextEvent() {
        double then = Math.min(more ? next.arrivalS() : Double.POSITIVE_INFINITY, Math.min(reviewS, settleS));
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
        free = scenario.cores() - promised;
        tally.pass(then, jobs.size(), held);
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
                    tally.throttled(job.stoodStill(nowS));
                    tally.change(nowS, job.arrival.id(), 0);
                    tally.ended(nowS, job.arrival);
                }
                return ends;
            });
        }
        return any;
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

    /** Raises that were decided a handover ago come into force. */
    private void raise() {
        if (scenario.handoverMs() > 0) {
            for (FluidJob job : jobs) {
                if (job.raiseS <= nowS) {
                    write(job, job.raise);
                    planner.told(job, new WriteOutcome.Applied(job.cores() * scenario.core()), nowS);
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
        tally.decision();
        SnapshotJob[] views = new SnapshotJob[jobs.size()];
        for (int i = 0; i < views.length; i++) {
            views[i] = jobs.get(i).view(nowS);
        }
        Allocation allocation = scenario.policy()
                .policy()
                .allocate(new Snapshot(
                        nowS,
                        scenario.budgetMilli(),
                        scenario.cores(),
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
            tally.refused(nowS, job.arrival);
        }
        jobs.removeAll(refused);
    }

    private void enforce(Allocation allocation) {
        for (int i = 0; i < jobs.size(); i++) {
            planner.want(jobs.get(i), allocation.millicores(i), State.RUNS);
        }
        settleS = planner.step(nowS);
        tally.holds(planner.allotted());
    }

    private void write(FluidJob job, double cores) {
        tally.throttled(job.write(cores, nowS));
        tally.change(nowS, job.arrival.id(), cores * scenario.core());
    }

    /**
     * The simulated machine: what is lowered is in force at once, and what is raised as far as nobody held what it gets; else
     * after the handover.
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
                // A raise that was on its way is not wanted any more, and nothing is written.
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
