package io.framequota.lab.serving;

import io.framequota.lab.experiment.ServingMetric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Equal requests that all come at once, in closed form: they are served in rounds, all servers in each and what is left
 * in the last. A round of m lasts x max(1, m / c).
 *
 * @param meanS mean response
 * @param serviceS mean time from a request's start
 * @param makespanS when the last one ends
 */
record BatchRounds(double meanS, double serviceS, double makespanS) {
    /** What it says beside the mean response, to be added to. */
    Map<ServingMetric, Double> measures() {
        Map<ServingMetric, Double> measures = new EnumMap<>(ServingMetric.class);
        measures.put(ServingMetric.SERVICE_S, serviceS);
        measures.put(ServingMetric.MAKESPAN_S, makespanS);
        return measures;
    }

    /** Of requests that were served. */
    static BatchRounds of(List<ServedRequest> requests) {
        double first = requests.getFirst().arrivalS();
        return new BatchRounds(
                requests.stream()
                        .mapToDouble(r -> r.job().responseS())
                        .average()
                        .orElseThrow(),
                requests.stream().mapToDouble(ServedRequest::serviceS).average().orElseThrow(),
                requests.stream().mapToDouble(ServedRequest::endS).max().orElseThrow() - first);
    }

    /** Of {@code n} requests of {@code x} seconds by {@code servers} on so many cores; infinitely many when none is needed. */
    static BatchRounds of(int n, double x, int servers, double cores) {
        int full = n / servers;
        int last = n % servers;
        double lasts = x * Math.max(1, servers / cores);
        double lastLasts = last == 0 ? 0 : x * Math.max(1, last / cores);
        double ends = servers * lasts * full * (full + 1) / 2.0 + last * (full * lasts + lastLasts);
        double services = full * servers * lasts + last * lastLasts;
        return new BatchRounds(ends / n, services / n, full * lasts + lastLasts);
    }
}
