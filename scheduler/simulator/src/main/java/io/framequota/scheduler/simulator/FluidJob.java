package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.UsableCores;

/** A present job of a {@link ShareSimulation}: its quota in force, since when, and the work done before. */
final class FluidJob {
    final Arrival arrival;
    private final SnapshotJob queued;
    private final QuotaMeter meter;
    private boolean placed;
    private double cores;
    private double writtenS;
    private double doneThen;
    private double endS = Double.POSITIVE_INFINITY;
    private SnapshotJob view;
    private double viewS = Double.NaN;

    /** The cores that it will have at {@link #raiseS}. */
    double raise;
    /** When a decided raise comes into force; infinite if there is none. */
    double raiseS = Double.POSITIVE_INFINITY;

    /**
     * @param position position in order of arrival
     * @param limit the most millicores that it can use
     */
    FluidJob(Arrival arrival, long position, double limit, QuotaMeter meter) {
        this.arrival = arrival;
        this.meter = meter;
        this.queued = new SnapshotJob(
                Long.toString(arrival.id()),
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
        this.view = queued;
    }

    /** Cores of the experiment that it has. */
    double cores() {
        return cores;
    }

    /** When it ends if its quota does not change. */
    double endS() {
        return endS;
    }

    double done(double nowS) {
        return cores == 0 ? doneThen : Math.min(arrival.sizeS(), doneThen + meter.work(cores, nowS - writtenS));
    }

    /** Writes another quota. Returns the seconds for which the job stood still under the old one. */
    double write(double to, double nowS) {
        double done = done(nowS);
        double stood = meter.throttled(cores, nowS - writtenS);
        doneThen = done;
        writtenS = nowS;
        cores = to;
        endS = to == 0 ? Double.POSITIVE_INFINITY : nowS + meter.secondsFor(to, arrival.sizeS() - done);
        placed |= to > 0;
        raiseS = Double.POSITIVE_INFINITY;
        viewS = Double.NaN;
        return stood;
    }

    /** Seconds for which it has stood still since its quota was written. */
    double stoodStill(double nowS) {
        return meter.throttled(cores, nowS - writtenS);
    }

    /** The job as a policy sees it. */
    SnapshotJob view(double nowS) {
        if (!placed) {
            return queued;
        }
        if (viewS != nowS && (cores > 0 || Double.isNaN(viewS))) {
            view = queued.begun(done(nowS));
            viewS = nowS;
        }
        return view;
    }
}
