package io.framequota.lab.serving;

import io.framequota.lab.experiment.ServingMetric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The closed form for equal requests that arrive together. They are served in rounds by all servers, the rest in the last
 * round. A round of m requests takes x max(1, m / c).
 *
 * @param meanS mean response
 * @param serviceS mean time from the start of a request to its end
 * @param makespanS end of the last request
 */
record BatchRounds(double meanS, double serviceS, double makespanS) {
    /** The metrics beside the mean response, in a modifiable map. */
    Map<ServingMetric, Double> measures() {
        Map<ServingMetric, Double> measures = new EnumMap<>(ServingMetric.class);
        measures.put(ServingMetric.SERVICE_S, serviceS);
        measures.put(ServingMetric.MAKESPAN_S, makespanS);
        return measures;
    }

    /** The means of requests that were served. */
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

    /** The means of {@code n} requests of {@code x} seconds. The cores are infinite for requests that only wait. */
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
