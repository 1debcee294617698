package io.framequota.lab.serving;

import io.framequota.lab.experiment.ServingMetric;
import java.util.List;
import java.util.Map;

/**
 * What theory says of a run.
 *
 * @param meanS mean response
 * @param measures the rest of what it says
 * @param requests how each is served
 */
public record ServingPrediction(double meanS, Map<ServingMetric, Double> measures, List<ServedRequest> requests) {
    public ServingPrediction {
        measures = Map.copyOf(measures);
        requests = List.copyOf(requests);
    }
}
