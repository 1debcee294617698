package io.framequota.lab.serving;

import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.scheduler.simulator.Arrival;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What theory says of a way of serving. Starting threads and processes costs nothing there, and cores are shared exactly.
 */
public final class ServingTheory {
    /** Of one run, empty when nothing is known. */
    public static Optional<ServingPrediction> ifKnown(Experiment experiment, ServingMode mode, long seed) {
        try {
            return Optional.of(of(experiment, mode, seed));
        } catch (NoPredictionException e) {
            return Optional.empty();
        }
    }

    /**
     * Of one run.
     *
     * @throws NoPredictionException when nothing is known
     */
    public static ServingPrediction of(Experiment experiment, ServingMode mode, long seed) {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        int cores = experiment.cores();
        boolean computing = experiment.serving().map(ServingComparison::kind).orElse(RequestKind.COMPUTING)
                == RequestKind.COMPUTING;
        return switch (mode) {
            case ServingMode.OneServer(ServingMode.Each each) ->
                served(arrivals, atOnce(each, cores, computing), cores, computing);
            case ServingMode.Daemons(int workers) -> served(arrivals, workers, cores, computing);
            case ServingMode.Pool pool -> QuotaPrediction.pool(arrivals, pool, experiment.speedup(), cores);
            case ServingMode.Containers containers -> QuotaPrediction.containers(arrivals, containers, cores);
        };
    }

    /** How many requests one server serves at once. */
    private static int atOnce(ServingMode.Each each, int cores, boolean computing) {
        return switch (each) {
            case SEQUENTIAL -> 1;
            // A virtual thread leaves its core when it waits, and not before.
            case VIRTUAL -> computing ? cores : Integer.MAX_VALUE;
            case PLATFORM, PROCESS -> Integer.MAX_VALUE;
        };
    }

    private static ServingPrediction served(List<Arrival> arrivals, int atOnce, int cores, boolean computing) {
        int servers = Math.min(arrivals.size(), atOnce);
        double there = computing ? cores : Double.POSITIVE_INFINITY;
        List<ServedRequest> requests = ProcessorSharing.serve(arrivals, servers, there);
        BatchRounds rounds = equal(arrivals)
                ? BatchRounds.of(arrivals.size(), arrivals.getFirst().sizeS(), servers, there)
                : BatchRounds.of(requests);
        Map<ServingMetric, Double> measures = rounds.measures();
        if (computing) {
            measures.put(
                    ServingMetric.CPU_S,
                    arrivals.stream().mapToDouble(Arrival::sizeS).sum());
        }
        return new ServingPrediction(rounds.meanS(), measures, requests);
    }

    /** Whether there is a closed form: equal sizes, all at once. */
    private static boolean equal(List<Arrival> arrivals) {
        double size = arrivals.getFirst().sizeS();
        return arrivals.stream().allMatch(a -> a.arrivalS() == 0 && a.sizeS() == size);
    }

    private ServingTheory() {}
}
