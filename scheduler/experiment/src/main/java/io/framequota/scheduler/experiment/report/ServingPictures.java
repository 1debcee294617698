package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Measure;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pictures of ways of serving: curves over a field of numbers, else bars for each of its values. */
final class ServingPictures {
    /** Pictures whose values are closer than this part show the same. */
    private static final double SAME = 0.02;

    private final List<PolicyResult> results;
    private final double tolerance;

    ServingPictures(Result result) {
        this.results = result.policies();
        this.tolerance = result.experiment().tolerance();
    }

    /** The response first, then what is neither 0 throughout nor as long as the response throughout. */
    List<Reading> readings() {
        return Stream.concat(
                        Stream.of(Reading.RESPONSE), Stream.of(Measure.values()).map(Reading::of))
                .filter(r -> results.stream().anyMatch(p -> p.most(r.value()) > 0))
                .filter(r -> r == Reading.RESPONSE || results.stream().anyMatch(p -> differs(p, r)))
                .toList();
    }

    private static boolean differs(PolicyResult result, Reading reading) {
        double response = result.meanResponseS();
        return Math.abs(reading.median(result) - response) > SAME * response;
    }

    /** Whether results are points on curves. */
    boolean curves() {
        return byValue().size() > 1 && byValue().keySet().stream().allMatch(ServingPictures::isNumber);
    }

    /** A picture, or one for each value of the swept field with the value above it. */
    Map<String, Svg> of(Reading reading) {
        Map<String, Svg> pictures = new LinkedHashMap<>();
        if (curves()) {
            pictures.put("", SweepChart.of(results, reading));
        } else {
            byValue()
                    .forEach((value, of) -> pictures.put(
                            value,
                            Bars.of(of, of.stream().map(PolicyResult::label).toList(), reading, tolerance)));
        }
        return pictures;
    }

    private Map<String, List<PolicyResult>> byValue() {
        Map<String, List<PolicyResult>> values = new LinkedHashMap<>();
        for (PolicyResult result : results) {
            String value = result.variant().map(Experiment.Variant::value).orElse("");
            values.computeIfAbsent(value, v -> new java.util.ArrayList<>()).add(result);
        }
        return values;
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]+(\\.[0-9]+)?");
    }
}
