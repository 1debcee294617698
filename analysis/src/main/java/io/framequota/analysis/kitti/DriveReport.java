package io.framequota.analysis.kitti;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;

/**
 * How regularly a drive was recorded. NaN is unknown.
 *
 * @param skewMedianMs milliseconds between the first and the last camera's picture of one number, median over the numbers
 * @param skewMaxMs the most of them
 */
public record DriveReport(boolean synchronised, List<Sensor> sensors, double skewMedianMs, double skewMaxMs) {
    private static final double NS_PER_MS = 1e6;

    /**
     * One sensor.
     *
     * @param name of its folder
     * @param files number of pictures, scans or positions
     * @param rateHz of the median time between files whose numbers follow each other
     * @param jitterMs standard deviation of these times in milliseconds
     */
    public record Sensor(String name, int files, double rateHz, double jitterMs) {}

    public DriveReport {
        sensors = List.copyOf(sensors);
    }

    /** Measures a drive. */
    public static DriveReport of(Drive drive) {
        List<Sensor> sensors = drive.sensors().stream().map(DriveReport::sensor).toList();
        double[] skews = skews(drive);
        return new DriveReport(
                drive.synchronised(), sensors, median(skews), skews.length == 0 ? Double.NaN : skews[skews.length - 1]);
    }

    private static Sensor sensor(DriveStream stream) {
        double[] steps = steps(stream.times());
        double mean = Arrays.stream(steps).average().orElse(Double.NaN);
        double variance =
                Arrays.stream(steps).map(s -> (s - mean) * (s - mean)).average().orElse(Double.NaN);
        double median = median(steps);
        return new Sensor(
                stream.name(), stream.files().size(), median > 0 ? 1000 / median : Double.NaN, Math.sqrt(variance));
    }

    private static double[] steps(NavigableMap<Long, Long> times) {
        List<Double> steps = new ArrayList<>();
        Map.Entry<Long, Long> last = null;
        for (Map.Entry<Long, Long> time : times.entrySet()) {
            if (last != null && time.getKey() == last.getKey() + 1) {
                steps.add((time.getValue() - last.getValue()) / NS_PER_MS);
            }
            last = time;
        }
        return sorted(steps);
    }

    private static double[] skews(Drive drive) {
        List<Double> skews = new ArrayList<>();
        for (Long number : drive.numbers()) {
            LongSummaryStatistics times = drive.cameras().values().stream()
                    .map(camera -> camera.times().get(number))
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .summaryStatistics();
            if (times.getCount() > 1) {
                skews.add((times.getMax() - times.getMin()) / NS_PER_MS);
            }
        }
        return sorted(skews);
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /**
     * The report as JSON: {@code {"kind":"sync","skew_ms":{"median":..,"max":..},"sensors":[{"sensor":"image_00","files":108,
     * "rate_hz":9.7,"jitter_ms":0.6}]}}. What is unknown is left out.
     */
    public ObjectNode toJson() {
        ObjectNode json = new ObjectMapper().createObjectNode().put("kind", synchronised ? "sync" : "extract");
        if (!Double.isNaN(skewMaxMs)) {
            json.putObject("skew_ms")
                    .put("median", KittiNumbers.rounded(skewMedianMs))
                    .put("max", KittiNumbers.rounded(skewMaxMs));
        }
        ArrayNode all = json.putArray("sensors");
        for (Sensor sensor : sensors) {
            ObjectNode one = all.addObject().put("sensor", sensor.name()).put("files", sensor.files());
            if (!Double.isNaN(sensor.rateHz())) {
                one.put("rate_hz", KittiNumbers.rounded(sensor.rateHz()))
                        .put("jitter_ms", KittiNumbers.rounded(sensor.jitterMs()));
            }
        }
        return json;
    }
}
