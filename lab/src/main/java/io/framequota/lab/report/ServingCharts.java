package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ServingMetric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pictures of ways of serving: curves over a field of numbers, else bars for each of its values. */
final class ServingCharts {
    /** Pictures whose values are closer than this part show the same. */
    private static final double SAME = 0.02;

    private final List<ContenderResult> results;
    private final double tolerance;

    ServingCharts(ExperimentResult result) {
        this.results = result.policies();
        this.tolerance = result.experiment().tolerance();
    }

    /** The response first, then what is neither 0 throughout nor as long as the response throughout. */
    List<ChartMetric> metrics() {
        return Stream.concat(
                        Stream.of(ChartMetric.RESPONSE),
                        Stream.of(ServingMetric.values()).map(ChartMetric::of))
                .filter(r -> results.stream().anyMatch(p -> p.most(r.value()) > 0))
                .filter(r -> r == ChartMetric.RESPONSE || results.stream().anyMatch(p -> differs(p, r)))
                .toList();
    }

    private static boolean differs(ContenderResult result, ChartMetric reading) {
        double response = result.meanResponseS();
        return Math.abs(reading.median(result) - response) > SAME * response;
    }

    /** Whether results are points on curves. */
    boolean curves() {
        return byValue().size() > 1 && byValue().keySet().stream().allMatch(ServingCharts::isNumber);
    }

    /** A picture, or one for each value of the swept field with the value above it. */
    Map<String, SvgBuilder> of(ChartMetric reading) {
        Map<String, SvgBuilder> pictures = new LinkedHashMap<>();
        if (curves()) {
            pictures.put("", SweepChart.of(results, reading));
        } else {
            byValue()
                    .forEach((value, of) -> pictures.put(
                            value,
                            BarChart.of(
                                    of, of.stream().map(ContenderResult::label).toList(), reading, tolerance)));
        }
        return pictures;
    }

    private Map<String, List<ContenderResult>> byValue() {
        Map<String, List<ContenderResult>> values = new LinkedHashMap<>();
        for (ContenderResult result : results) {
            String value = result.variant().map(Experiment.Variant::value).orElse("");
            values.computeIfAbsent(value, v -> new java.util.ArrayList<>()).add(result);
        }
        return values;
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]+(\\.[0-9]+)?");
    }
}
