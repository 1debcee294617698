package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.UsableCores;

/** A job that has come and not ended: its quota in force, since when, and what it had done by then. */
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

    /** Cores it will have at {@link #raiseS}. */
    double raise;
    /** When a raise that was decided comes into force; infinite when none is on its way. */
    double raiseS = Double.POSITIVE_INFINITY;

    /**
     * @param position order of arrival
     * @param limit the most millicores it can use
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

    /** Cores of the experiment that it holds. */
    double cores() {
        return cores;
    }

    /** When it ends if its quota stays. */
    double endS() {
        return endS;
    }

    double done(double nowS) {
        return cores == 0 ? doneThen : Math.min(arrival.sizeS(), doneThen + meter.work(cores, nowS - writtenS));
    }

    /** Writes another quota; the seconds that it stood still under the old one. */
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

    /** Seconds that it stood still since its quota was written. */
    double stoodStill(double nowS) {
        return meter.throttled(cores, nowS - writtenS);
    }

    /** What a policy sees. */
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
