package io.framequota.scheduler.simulator;

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

    private final Scenario scenario;
    private final Tally tally;
    private final Meter meter;
    private final double limit;
    private final Iterator<Arrival> arrivals;
    /** Jobs in order of arrival. */
    private final List<ActiveJob> jobs = new ArrayList<>();

    private Arrival next;
    private boolean more;
    private long positions;
    private double nowS;
    private double reviewS = Double.POSITIVE_INFINITY;
    /** Cores that nobody held before what happens now. */
    private double free;

    ShareRun(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        meter = Meter.of(scenario);
        limit = scenario.speedup().limit() * scenario.core();
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
            }
        }
    }

    /** Until when an end counts as being now. */
    static double together(double nowS) {
        return nowS * (1 + TOGETHER);
    }

    private double nextEvent() {
        double then = Math.min(more ? next.arrivalS() : Double.POSITIVE_INFINITY, reviewS);
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
            jobs.add(new ActiveJob(next, ++positions, limit, meter));
            more = arrivals.hasNext();
            next = more ? arrivals.next() : next;
            any = true;
        }
        return any;
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
            boolean parked = shares[i] == 0 && jobs.get(i).placed();
            // Lowered first, so that together they never hold more than there is.
            shares[i] = (parked ? scenario.parkMilli() : shares[i]) / scenario.core();
            if (shares[i] < jobs.get(i).cores() * (1 - SAME)) {
                write(jobs.get(i), shares[i]);
            }
        }
        for (int i = 0; i < shares.length; i++) {
            give(jobs.get(i), shares[i]);
        }
        tally.holds(sum);
    }

    /** Raises a job, at once as far as nobody held what it gets, else after the handover. */
    private void give(ActiveJob job, double cores) {
        double more = cores - job.cores();
        if (more <= SAME * cores) {
            job.raiseS = Double.POSITIVE_INFINITY;
        } else if (scenario.handoverMs() == 0 || more <= free + SAME) {
            free -= more;
            write(job, cores);
        } else if (job.raiseS == Double.POSITIVE_INFINITY || job.raise != cores) {
            job.raise = cores;
            job.raiseS = nowS + scenario.handoverMs() / 1e3;
        }
    }

    private void write(ActiveJob job, double cores) {
        tally.throttled(job.write(cores, nowS));
        tally.change(nowS, job.arrival.id(), cores * scenario.core());
    }
}
