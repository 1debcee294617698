package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Yardstick;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Mean response over the values of a swept field, one curve per policy, and the yardstick's. */
final class SweepChart {
    private static final double WIDTH = 600;
    private static final double HEIGHT = 340;
    private static final double LEFT = 56;
    private static final double RIGHT = 20;
    private static final double TOP = 12;
    private static final double BOTTOM = 46;

    private final List<String> values;
    private final double least;
    private final double most;

    private SweepChart(List<String> values, double least, double most) {
        this.values = values;
        this.least = least;
        this.most = most;
    }

    /** Curves in the order of {@link #series}. */
    static Svg of(List<PolicyResult> results) {
        List<String> values = results.stream().map(SweepChart::value).distinct().toList();
        double most =
                results.stream().mapToDouble(PolicyResult::meanResponseS).max().orElse(1);
        double least = results.stream()
                .mapToDouble(r -> Math.min(
                        r.meanResponseS(), r.yardstick().map(Yardstick::meanS).orElse(most)))
                .min()
                .orElse(0);
        double step = Numbers.step(Math.max(most - least, most / 100), 6);
        SweepChart chart = new SweepChart(values, Math.floor(least / step) * step, Math.ceil(most / step) * step);
        Svg svg = new Svg(WIDTH, HEIGHT, "mean response over the swept field");
        chart.grid(
                svg,
                step,
                results.getFirst().variant().map(Experiment.Variant::field).orElse(""));
        int colour = 0;
        for (List<PolicyResult> series : series(results).values()) {
            chart.curve(svg, series, colour++ % Palette.SIZE);
        }
        chart.yardstick(svg, results);
        return svg;
    }

    /** Results by what they are called. */
    static Map<String, List<PolicyResult>> series(List<PolicyResult> results) {
        Map<String, List<PolicyResult>> series = new LinkedHashMap<>();
        results.forEach(
                r -> series.computeIfAbsent(r.label() + " · " + r.actuator().word(), k -> new java.util.ArrayList<>())
                        .add(r));
        return series;
    }

    private void grid(Svg svg, double step, String field) {
        for (double tick = least; tick <= most + step / 1000; tick += step) {
            svg.line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick))
                    .text("small", LEFT - 8, y(tick) + 4, "end", Numbers.tick(tick, step));
        }
        for (int i = 0; i < values.size(); i++) {
            svg.line("grid", x(i), TOP, x(i), HEIGHT - BOTTOM)
                    .text("small", x(i), HEIGHT - BOTTOM + 16, "middle", values.get(i));
        }
        svg.text("small", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", field + "; mean response in seconds");
    }

    private void yardstick(Svg svg, List<PolicyResult> results) {
        StringBuilder d = new StringBuilder();
        String before = "";
        for (PolicyResult result : results) {
            if (result.yardstick().isPresent() && !value(result).equals(before)) {
                before = value(result);
                d.append(Svg.format(
                        "%s%.1f %.1f",
                        d.isEmpty() ? "M" : "L",
                        x(values.indexOf(before)),
                        y(result.yardstick().get().meanS())));
            }
        }
        svg.path("curve yard", d.toString());
    }

    private void curve(Svg svg, List<PolicyResult> series, int colour) {
        StringBuilder d = new StringBuilder();
        for (PolicyResult result : series) {
            d.append(Svg.format(
                    "%s%.1f %.1f",
                    d.isEmpty() ? "M" : "L", x(values.indexOf(value(result))), y(result.meanResponseS())));
        }
        svg.path("curve c" + colour, d.toString());
        for (PolicyResult result : series) {
            svg.circle(
                    "f" + colour,
                    x(values.indexOf(value(result))),
                    y(result.meanResponseS()),
                    4,
                    result.label() + ", " + value(result) + ": " + Numbers.seconds(result.meanResponseS()));
        }
    }

    private static String value(PolicyResult result) {
        return result.variant().map(Experiment.Variant::value).orElse("");
    }

    private double x(int index) {
        return LEFT
                + 24
                + (WIDTH - LEFT - RIGHT - 48) * (values.size() == 1 ? 0.5 : (double) index / (values.size() - 1));
    }

    private double y(double seconds) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (seconds - least) / (most - least));
    }
}
