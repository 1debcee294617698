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
 * Predicts runs of serving modes, without the cost of starting threads and processes and with exactly shared cores.
 */
public final class ServingTheory {
    /** The prediction for one run; empty if none is known. */
    public static Optional<ServingPrediction> ifKnown(Experiment experiment, ServingMode mode, long seed) {
        try {
            return Optional.of(of(experiment, mode, seed));
        } catch (NoPredictionException e) {
            return Optional.empty();
        }
    }

    /**
     * The prediction for one run.
     *
     * @throws NoPredictionException if no prediction is known
     */
    public static ServingPrediction of(Experiment experiment, ServingMode mode, long seed) {
        List<Arrival> arrivals = experiment.workload().arrivals(seed);
        int cores = experiment.cores();
        boolean computing = experiment.serving().map(ServingComparison::kind).orElse(RequestKind.COMPUTING)
                == RequestKind.COMPUTING;
        return switch (mode) {
            case ServingMode.OneServer(ServingMode.ExecutionModel each) ->
                served(arrivals, atOnce(each, cores, computing), cores, computing);
            case ServingMode.Daemons(int workers) -> served(arrivals, workers, cores, computing);
            case ServingMode.Pool pool -> QuotaPrediction.pool(arrivals, pool, experiment.speedup(), cores);
            case ServingMode.Containers containers -> QuotaPrediction.containers(arrivals, containers, cores);
        };
    }

    /** How many requests one server serves at the same time. */
    private static int atOnce(ServingMode.ExecutionModel each, int cores, boolean computing) {
        return switch (each) {
            case SEQUENTIAL -> 1;
            // A virtual thread releases its core only when it waits.
            case VIRTUAL -> computing ? cores : Integer.MAX_VALUE;
            case PLATFORM, PROCESS -> Integer.MAX_VALUE;
        };
    }

    private static ServingPrediction served(List<Arrival> arrivals, int atOnce, int cores, boolean computing) {
        int servers = Math.min(arrivals.size(), atOnce);
        double there = computing ? cores : Double.POSITIVE_INFINITY;
        List<ServedRequest> requests = ProcessorSharingSimulation.serve(arrivals, servers, there);
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

    /** Whether the closed form applies: equal sizes that arrive together. */
    private static boolean equal(List<Arrival> arrivals) {
        double size = arrivals.getFirst().sizeS();
        return arrivals.stream().allMatch(a -> a.arrivalS() == 0 && a.sizeS() == size);
    }

    private ServingTheory() {}
}
