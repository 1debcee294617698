package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Horizontal bars: one per policy, with every run as a dot and, where there is one, the prediction as a mark. */
final class BarChart {
    private static final double WIDTH = 600;
    private static final double LEFT = 178;
    private static final double RIGHT = 60;
    private static final double ROW = 40;
    private static final double AXIS = 26;

    /** Mean response with prediction. */
    static SvgBuilder responses(List<ContenderResult> results, List<String> labels, double tolerance) {
        return of(results, labels, ChartMetric.RESPONSE, tolerance);
    }

    /** A value with its prediction where there is one. */
    static SvgBuilder of(List<ContenderResult> results, List<String> labels, ChartMetric reading, double tolerance) {
        return new BarChart(results, labels, reading, tolerance).draw();
    }

    /** Another value of a run. */
    static SvgBuilder values(
            List<ContenderResult> results, List<String> labels, ToDoubleFunction<Run> value, String title) {
        return new BarChart(results, labels, new ChartMetric(title, "", value, p -> OptionalDouble.empty()), 0).draw();
    }

    private final List<ContenderResult> results;
    private final List<String> labels;
    private final ToDoubleFunction<Run> value;
    private final ChartMetric reading;
    private final double tolerance;
    private final double most;

    private BarChart(List<ContenderResult> results, List<String> labels, ChartMetric reading, double tolerance) {
        this.results = results;
        this.labels = labels;
        this.value = reading.value();
        this.reading = reading;
        this.tolerance = tolerance;
        double largest = AxisLimit.of(results.stream()
                .mapToDouble(r ->
                        Math.max(r.most(value), reading.predicted().apply(r).orElse(0)))
                .toArray());
        this.most = largest > 0 ? largest : 1;
    }

    private SvgBuilder draw() {
        double height = results.size() * ROW + AXIS;
        SvgBuilder svg = new SvgBuilder(WIDTH, height, reading.words());
        double step = NumberFormats.step(most, 5);
        for (double tick = 0; tick <= most + step / 2 && x(tick) <= WIDTH - RIGHT / 2; tick += step) {
            svg.line("grid", x(tick), 0, x(tick), height - AXIS)
                    .text("small", x(tick), height - 8, "middle", NumberFormats.tick(tick, step));
        }
        for (int i = 0; i < results.size(); i++) {
            row(svg, results.get(i), labels.get(i), i * ROW);
        }
        return svg;
    }

    private void row(SvgBuilder svg, ContenderResult result, String label, double top) {
        double middle = top + ROW / 2;
        double median = result.median(value);
        String tip = label + ": " + NumberFormats.plain(median) + " (" + NumberFormats.plain(result.least(value))
                + " to " + NumberFormats.plain(result.most(value)) + " in "
                + result.runs().size() + " runs)";
        int split = label.indexOf(" · ");
        if (split > 0) {
            svg.text("label", LEFT - 10, middle - 3, "end", label.substring(0, split))
                    .text("small", LEFT - 10, middle + 12, "end", label.substring(split + 3));
        } else {
            svg.text("label", LEFT - 10, middle + 5, "end", label);
        }
        svg.rectangle("bar", LEFT, top + 9, x(median) - LEFT, ROW - 18, tip);
        if (median > most) {
            // The bar goes on beyond the axis; its number says how far.
            svg.path("break", SvgBuilder.format("M%.1f %.1fl6 0l-6 %.1fl-6 0Z", x(most) - 14, top + 7, ROW - 14));
        }
        Interval.of(result.runs().stream().map(value::applyAsDouble).toList()).ifPresent(i -> {
            svg.line("interval", x(i.low()), middle, x(i.high()), middle)
                    .line("interval", x(i.low()), middle - 5, x(i.low()), middle + 5)
                    .line("interval", x(i.high()), middle - 5, x(i.high()), middle + 5);
        });
        if (result.runs().size() > 1) {
            result.runs()
                    .forEach(r -> svg.circle(
                            "dot", x(value.applyAsDouble(r)), middle, 3, NumberFormats.plain(value.applyAsDouble(r))));
        }
        double end = Math.max(
                x(Math.max(median, result.most(value))),
                Interval.of(result.runs().stream().map(value::applyAsDouble).toList())
                        .map(i -> x(i.high()))
                        .orElse(0.0));
        OptionalDouble expected = reading.predicted().apply(result);
        if (expected.isPresent()) {
            double off = ContenderResult.off(median, expected.getAsDouble());
            boolean met = Math.abs(off) <= tolerance;
            double at = x(expected.getAsDouble());
            end = Math.max(end, at);
            svg.rectangle(
                    met ? "expected met" : "expected missed",
                    at - 1.5,
                    top + 3,
                    3,
                    ROW - 6,
                    "predicted " + NumberFormats.plain(expected.getAsDouble()) + ", measured "
                            + NumberFormats.percent(off));
        }
        svg.text("value", end + 8, middle + 5, "start", NumberFormats.plain(median));
    }

    private double x(double amount) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(amount / most, 0, 1);
    }
}
