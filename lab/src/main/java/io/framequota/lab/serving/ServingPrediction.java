package io.framequota.lab.serving;

import io.framequota.lab.experiment.ServingMetric;
import java.util.List;
import java.util.Map;

/**
 * The prediction for a run.
 *
 * @param meanS mean response
 * @param measures further metrics
 * @param requests how each request is served
 */
public record ServingPrediction(double meanS, Map<ServingMetric, Double> measures, List<ServedRequest> requests) {
    public ServingPrediction {
        measures = Map.copyOf(measures);
        requests = List.copyOf(requests);
    }
}
