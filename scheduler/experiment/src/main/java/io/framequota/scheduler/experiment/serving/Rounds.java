package io.framequota.scheduler.experiment.serving;

import io.framequota.scheduler.experiment.Measure;
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
record Rounds(double meanS, double serviceS, double makespanS) {
    /** What it says beside the mean response, to be added to. */
    Map<Measure, Double> measures() {
        Map<Measure, Double> measures = new EnumMap<>(Measure.class);
        measures.put(Measure.SERVICE_S, serviceS);
        measures.put(Measure.MAKESPAN_S, makespanS);
        return measures;
    }

    /** Of requests that were served. */
    static Rounds of(List<Served> requests) {
        double first = requests.getFirst().arrivalS();
        return new Rounds(
                requests.stream()
                        .mapToDouble(r -> r.job().responseS())
                        .average()
                        .orElseThrow(),
                requests.stream().mapToDouble(Served::serviceS).average().orElseThrow(),
                requests.stream().mapToDouble(Served::endS).max().orElseThrow() - first);
    }

    /** Of {@code n} requests of {@code x} seconds by {@code servers} on so many cores; infinitely many when none is needed. */
    static Rounds of(int n, double x, int servers, double cores) {
        int full = n / servers;
        int last = n % servers;
        double lasts = x * Math.max(1, servers / cores);
        double lastLasts = last == 0 ? 0 : x * Math.max(1, last / cores);
        double ends = servers * lasts * full * (full + 1) / 2.0 + last * (full * lasts + lastLasts);
        double services = full * servers * lasts + last * lastLasts;
        return new Rounds(ends / n, services / n, full * lasts + lastLasts);
    }
}
