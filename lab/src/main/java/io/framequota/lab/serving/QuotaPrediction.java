package io.framequota.lab.serving;

import io.framequota.lab.experiment.ServingMetric;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Predictions for requests under quotas that all arrive together. */
final class QuotaPrediction {
    private static final double POOL_PERIOD_S = 0.1;

    /**
     * A pool. The threads that have a core share the parallel part of a request. Waiting threads that sleep use nothing;
     * threads that spin use as much as working ones.
     */
    static ServingPrediction pool(List<Arrival> arrivals, ServingMode.Pool pool, Speedup speedup, int cores) {
        double parallel = speedup instanceof Speedup.Amdahl(double f) ? f : 1;
        if (pool.spin() && pool.threads() > cores) {
            throw new NoPredictionException(
                    pool.threads() + " spinning threads on " + cores + " cores wait for one another's time slices");
        }
        double wide = Math.min(pool.threads(), cores);
        double lasts = 1 - parallel + parallel / wide;
        double uses = pool.spin() ? pool.threads() * lasts : 1;
        QuotaStaircase stairs = new QuotaStaircase(pool.quota() / 1000.0 * POOL_PERIOD_S, POOL_PERIOD_S, uses / lasts);
        List<ServedRequest> served = new ArrayList<>();
        double before = 0;
        double cpuS = 0;
        for (Arrival request : atOnce(arrivals)) {
            cpuS += request.sizeS() * uses;
            double end = stairs.endS(cpuS);
            served.add(new ServedRequest(request.id(), 0, before, end, request.sizeS()));
            before = end;
        }
        return expected(served, Map.of(ServingMetric.CPU_S, cpuS));
    }

    /** Containers of equal work. Each gets its quota in each period, or its equal part of the cores if that is less. */
    static ServingPrediction containers(List<Arrival> arrivals, ServingMode.Containers containers, int cores) {
        int n = arrivals.size();
        double sizeS = arrivals.getFirst().sizeS();
        if (atOnce(arrivals).stream().anyMatch(a -> a.sizeS() != sizeS)) {
            throw new NoPredictionException("containers of different work get out of step");
        }
        long quotaUs = containers.quotaUs(n, cores);
        double rate = Math.min(1, (double) cores / n);
        double end = new QuotaStaircase(quotaUs / 1e6, containers.periodMs() / 1e3, rate).endS(sizeS);
        List<ServedRequest> served = arrivals.stream()
                .map(a -> new ServedRequest(a.id(), 0, 0, end, sizeS))
                .toList();
        return expected(
                served,
                Map.of(
                        ServingMetric.CPU_S,
                        n * sizeS,
                        ServingMetric.QUOTA_MILLI,
                        (double) quotaUs / containers.periodMs()));
    }

    private static List<Arrival> atOnce(List<Arrival> arrivals) {
        if (arrivals.stream().anyMatch(a -> a.arrivalS() > 0)) {
            throw new NoPredictionException("under quotas only requests that all come at once are predicted");
        }
        return arrivals;
    }

    private static ServingPrediction expected(List<ServedRequest> served, Map<ServingMetric, Double> more) {
        BatchRounds rounds = BatchRounds.of(served);
        Map<ServingMetric, Double> measures = rounds.measures();
        measures.putAll(more);
        return new ServingPrediction(rounds.meanS(), measures, served);
    }

    private QuotaPrediction() {}
}
