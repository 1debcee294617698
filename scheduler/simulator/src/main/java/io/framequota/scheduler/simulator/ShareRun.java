package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.QuotaRounding;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A run in which shares are enforced directly, as quotas are: the policy is asked at every arrival and every end. */
final class ShareRun {
    /** Ends this close together, relative to the time, are one. */
    private static final double TOGETHER = 1e-12;
    /** Shares this close are the same: no quota is written for a rounding error. */
    private static final double SAME = 1e-12;

    /** Cores that fit but for this fraction fit: sums of shares are not exact. */
    private static final double ROUNDING = 1e-9;

    private final Scenario scenario;
    private final Tally tally;
    private final Meter meter;
    private final Iterator<Arrival> arrivals;
    /** Jobs in order of arrival. */
    private final List<ActiveJob> jobs = new ArrayList<>();
    /** Seconds between two writes of one quota: a write refills it, and more than one a period would leak. */
    private final double betweenS;

    private Arrival next;
    private boolean more;
    private long positions;
    private double nowS;
    private double reviewS = Double.POSITIVE_INFINITY;
    /** When a quota may be written that had to wait. */
    private double settleS = Double.POSITIVE_INFINITY;
    /** Cores that nobody held before what happens now. */
    private double free;

    ShareRun(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        meter = Meter.of(scenario);
        betweenS = scenario.quota() == QuotaModel.STAIRCASE ? scenario.periodMs() / 1e3 : 0;
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
                settle();
            }
        }
    }

    /** Until when an end counts as being now. */
    static double together(double nowS) {
        return nowS * (1 + TOGETHER);
    }

    private double nextEvent() {
        double then = Math.min(more ? next.arrivalS() : Double.POSITIVE_INFINITY, Math.min(reviewS, settleS));
        for (ActiveJob job : jobs) {
            then = Math.min(then, Math.min(job.endS(), job.raiseS));
        }
        return then;
    }

    private void pass(double then) {
        double held = 0;
        double promised = 0;
        for (ActiveJob job : jobs) {
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
        for (ActiveJob job : jobs) {
            any |= job.endS() <= together;
        }
        if (any) {
            jobs.removeIf(job -> {
                boolean ends = job.endS() <= together;
                if (ends) {
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
            jobs.add(new ActiveJob(next, ++positions, limit(next), meter));
            more = arrivals.hasNext();
            next = more ? arrivals.next() : next;
            any = true;
        }
        return any;
    }

    /** The most millicores that a job can use. */
    private double limit(Arrival job) {
        double cores = scenario.speedup().limit();
        return (job.parallelism() == JobSpec.UNLIMITED ? cores : Math.min(cores, job.parallelism())) * scenario.core();
    }

    /** Raises that were decided a handover ago come into force. */
    private void raise() {
        if (scenario.handoverMs() > 0) {
            for (ActiveJob job : jobs) {
                if (job.raiseS <= nowS) {
                    write(job, job.raise);
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
        List<ActiveJob> refused = new ArrayList<>();
        for (int i = 0; i < allocation.refusals(); i++) {
            ActiveJob job = jobs.get(allocation.refused(i));
            refused.add(job);
            tally.refused(nowS, job.arrival);
        }
        jobs.removeAll(refused);
    }

    private void enforce(Allocation allocation) {
        double[] shares = new double[jobs.size()];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = allocation.millicores(i);
        }
        if (scenario.grid() == Grid.TEN_MILLI) {
            boolean[] placed = new boolean[shares.length];
            QuotaRounding.Quotas quotas = QuotaRounding.round(shares, placed, scenario.budgetMilli());
            for (int i = 0; i < shares.length; i++) {
                shares[i] = quotas.millicores()[i];
            }
        }
        for (int i = 0; i < shares.length; i++) {
            sum += shares[i];
            ActiveJob job = jobs.get(i);
            job.parked = shares[i] == 0;
            job.wanted = (job.parked && job.placed() ? scenario.parkMilli() : shares[i]) / scenario.core();
        }
        settle();
        tally.holds(sum);
    }

    /** Writes what is not as wanted and may be written now. */
    private void settle() {
        settleS = Double.POSITIVE_INFINITY;
        // Lowered first, so that together they never hold more than there is.
        for (ActiveJob job : jobs) {
            if (job.wanted < job.cores() * (1 - SAME) && mayWrite(job)) {
                write(job, job.wanted);
            }
        }
        double held = betweenS == 0 ? 0 : held();
        for (ActiveJob job : jobs) {
            double more = job.wanted - job.cores();
            if (more <= SAME * job.wanted) {
                job.raiseS = Double.POSITIVE_INFINITY;
            } else if (betweenS == 0 || held + more <= scenario.cores() * (1 + ROUNDING) && mayWrite(job)) {
                // What does not fit waits for a quota that is lowered later.
                held += more;
                raise(job, more);
            }
        }
    }

    private boolean mayWrite(ActiveJob job) {
        double writableS = job.writableS(betweenS);
        if (betweenS == 0 || writableS <= together(nowS)) {
            return true;
        }
        settleS = Math.min(settleS, writableS);
        return false;
    }

    /** Cores in force, without those of jobs that are parked beside the budget. */
    private double held() {
        double held = 0;
        for (ActiveJob job : jobs) {
            held += job.parked && job.cores() <= job.wanted ? 0 : job.cores();
        }
        return held;
    }

    /** Raises a job, at once as far as nobody held what it gets, else after the handover. */
    private void raise(ActiveJob job, double more) {
        if (scenario.handoverMs() == 0 || more <= free + SAME) {
            free -= more;
            write(job, job.wanted);
        } else if (job.raiseS == Double.POSITIVE_INFINITY || job.raise != job.wanted) {
            job.raise = job.wanted;
            job.raiseS = nowS + scenario.handoverMs() / 1e3;
        }
    }

    private void write(ActiveJob job, double cores) {
        tally.throttled(job.write(cores, nowS));
        tally.change(nowS, job.arrival.id(), cores * scenario.core());
    }
}
