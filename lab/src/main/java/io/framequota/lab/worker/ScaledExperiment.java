package io.framequota.lab.worker;

import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import java.util.List;

/**
 * An experiment scaled to the machine that it runs on.
 *
 * @param policy that decides
 * @param cores of the experiment
 * @param budget millicores of this machine
 * @param places largest number of jobs with a process at the same time
 * @param speedup over cores of the experiment
 * @param periodNanos from one refill of a quota to the next
 * @param arrivals arrivals in order, with unscaled sizes
 */
public record ScaledExperiment(
        ConfiguredPolicy policy,
        int cores,
        int budget,
        int places,
        Speedup speedup,
        long periodNanos,
        List<Arrival> arrivals) {
    /** With more workers, memory rather than scheduling would determine the result. */
    private static final int MOST_WORKERS = 64;

    private static final int STEP = 10;
    private static final int REHEARSED_JOBS = 4;
    private static final double REHEARSED_SIZE_S = 0.1;

    static ScaledExperiment of(Experiment experiment, ConfiguredPolicy policy, long seed, ExperimentBackend backend) {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        double exact = experiment.budget() * experiment.scaleOn(backend);
        return new ScaledExperiment(
                policy,
                experiment.cores(),
                (int) Math.max(STEP, Math.floor(exact / STEP + 1e-9) * STEP),
                Math.min(Math.min(policy.maxActive(), arrivals.size()), MOST_WORKERS),
                experiment.speedup(),
                (long) (experiment.simulation().periodMs() * 1e6),
                arrivals);
    }

    /** The same settings with a few small jobs. */
    ScaledExperiment rehearsal() {
        List<Arrival> few = arrivals.stream()
                .limit(REHEARSED_JOBS)
                .map(a -> new Arrival(a.id(), 0, REHEARSED_SIZE_S, a.labels()))
                .toList();
        return new ScaledExperiment(policy, cores, budget, places, speedup, periodNanos, few);
    }

    /** CPU seconds of this machine for one CPU second of the experiment, one of whose cores is budget / cores. */
    double coreScale() {
        return budget / 1000.0 / cores;
    }

    /** Largest number of millicores that a job can use. */
    double limit() {
        return speedup.limit() * budget / cores;
    }

    /**
     * The threads for a share: its cores of the experiment, rounded up. If a core of the experiment is more than a core of
     * this machine, its cores of this machine.
     */
    int threads(int millicores) {
        double wide = Math.max(1, coreScale());
        double most = Math.min(cores, speedup.limit()) * wide;
        double share = (double) millicores * cores / budget * wide;
        return (int) Math.max(1, Math.ceil(Math.min(most, share) - 1e-9));
    }

    /**
     * The threads for a share and the serial part of the work, chosen so that the job has the experiment's speedup on that
     * many cores (Amdahl's law, solved for its serial fraction).
     */
    Parallelism parallelism(int millicores) {
        int threads = threads(millicores);
        double most = Math.min(threads, speedup.limit());
        if (most <= 1 || speedup.at(most) >= most) {
            return new Parallelism(threads, 0);
        }
        double serial = (1 / speedup.at(most) - 1 / most) / (1 - 1 / most);
        return new Parallelism(threads, (int) Math.round(1000 * Math.clamp(serial, 0, 1)));
    }

    /** The units of work of a job on a worker. */
    long units(WorkerAssignment assignment, Arrival arrival) {
        return assignment.worker.units(arrival.sizeS() * coreScale());
    }
}
