package io.framequota.scheduler.experiment.serving;

import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Kind;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.Serving;
import io.framequota.scheduler.experiment.Way;
import io.framequota.scheduler.simulator.Arrival;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What theory says of a way of serving. Starting threads and processes costs nothing there, and cores are shared exactly.
 */
public final class Theory {
    /** Of one run, empty when nothing is known. */
    public static Optional<Expected> ifKnown(Experiment experiment, Way way, long seed) {
        try {
            return Optional.of(of(experiment, way, seed));
        } catch (NoTheoryException e) {
            return Optional.empty();
        }
    }

    /**
     * Of one run.
     *
     * @throws NoTheoryException when nothing is known
     */
    public static Expected of(Experiment experiment, Way way, long seed) {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        int cores = experiment.cores();
        boolean computing = experiment.serving().map(Serving::kind).orElse(Kind.COMPUTING) == Kind.COMPUTING;
        return switch (way) {
            case Way.OneServer(Way.Each each) -> served(arrivals, atOnce(each, cores, computing), cores, computing);
            case Way.Daemons(int workers) -> served(arrivals, workers, cores, computing);
            case Way.Pool pool -> Quotas.pool(arrivals, pool, experiment.speedup(), cores);
            case Way.Containers containers -> Quotas.containers(arrivals, containers, cores);
        };
    }

    /** How many requests one server serves at once. */
    private static int atOnce(Way.Each each, int cores, boolean computing) {
        return switch (each) {
            case SEQUENTIAL -> 1;
            // A virtual thread leaves its core when it waits, and not before.
            case VIRTUAL -> computing ? cores : Integer.MAX_VALUE;
            case PLATFORM, PROCESS -> Integer.MAX_VALUE;
        };
    }

    private static Expected served(List<Arrival> arrivals, int atOnce, int cores, boolean computing) {
        int servers = Math.min(arrivals.size(), atOnce);
        double there = computing ? cores : Double.POSITIVE_INFINITY;
        List<Served> requests = SharedCores.serve(arrivals, servers, there);
        Rounds rounds = equal(arrivals)
                ? Rounds.of(arrivals.size(), arrivals.getFirst().sizeS(), servers, there)
                : Rounds.of(requests);
        Map<Measure, Double> measures = rounds.measures();
        if (computing) {
            measures.put(
                    Measure.CPU_S, arrivals.stream().mapToDouble(Arrival::sizeS).sum());
        }
        return new Expected(rounds.meanS(), measures, requests);
    }

    /** Whether there is a closed form: equal sizes, all at once. */
    private static boolean equal(List<Arrival> arrivals) {
        double size = arrivals.getFirst().sizeS();
        return arrivals.stream().allMatch(a -> a.arrivalS() == 0 && a.sizeS() == size);
    }

    private Theory() {}
}
