package io.framequota.scheduler.experiment.serving;

import io.framequota.scheduler.experiment.Measure;
import java.util.List;
import java.util.Map;

/**
 * What theory says of a run.
 *
 * @param meanS mean response
 * @param measures the rest of what it says
 * @param requests how each is served
 */
public record Expected(double meanS, Map<Measure, Double> measures, List<Served> requests) {
    public Expected {
        measures = Map.copyOf(measures);
        requests = List.copyOf(requests);
    }
}
