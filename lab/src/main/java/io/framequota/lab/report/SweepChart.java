package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.Yardstick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A metric over the values of a swept field: a curve per policy with the intervals of its points, one for its prediction, and the
 * yardstick's. Values that are numbers are where they belong on the axis; others are evenly spaced.
 */
final class SweepChart {
    private static final double WIDTH = 600;
    private static final double HEIGHT = 340;
    private static final double LEFT = 56;
    private static final double RIGHT = 20;
    private static final double TOP = 12;
    private static final double BOTTOM = 46;
    /** Axes that span more than this are logarithmic. */
    private static final double WIDE = 50;

    /** An axis of swept values that span more than this is logarithmic: they are chosen in steps like 1, 2, 4, 8. */
    private static final double WIDE_VALUES = 15;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    /** Labels of the axis that are closer are left out. */
    private static final double LABEL = 26;

    private static final double ROUNDING = 1e-9;

    private final List<String> values;
    private final ChartMetric metric;
    private final double least;
    private final double most;
    private final boolean logarithmic;

    private SweepChart(List<String> values, ChartMetric metric, double least, double most, boolean logarithmic) {
        this.values = values;
        this.metric = metric;
        this.least = least;
        this.most = most;
        this.logarithmic = logarithmic;
    }

    /** Mean responses and the yardstick's. */
    static SvgBuilder of(List<ContenderResult> results) {
        SweepChart chart = over(results, ChartMetric.RESPONSE, false);
        SvgBuilder svg = chart.draw(results, false);
        chart.yardstick(svg, results);
        return svg;
    }

    /** A metric and its prediction. Curves are in the order of {@link #series}. */
    static SvgBuilder of(List<ContenderResult> results, ChartMetric metric) {
        return over(results, metric, true).draw(results, true);
    }

    private static SweepChart over(List<ContenderResult> results, ChartMetric metric, boolean fromZero) {
        List<String> values = results.stream().map(SweepChart::value).distinct().toList();
        List<Double> points = new ArrayList<>();
        for (ContenderResult result : results) {
            points.add(metric.median(result));
            metric.predicted().apply(result).ifPresent(points::add);
            result.yardstick().map(Yardstick::meanS).ifPresent(points::add);
        }
        double most = points.stream().mapToDouble(d -> d).max().orElse(1);
        double least = points.stream().mapToDouble(d -> d).min().orElse(0);
        if (least > 0 && most / least > WIDE) {
            return new SweepChart(values, metric, rounded(least), most * 1.15, true);
        }
        double bottom = fromZero || least == most ? 0 : least;
        double step = step(bottom, most);
        return new SweepChart(values, metric, Math.floor(bottom / step) * step, Math.ceil(most / step) * step, false);
    }

    /** The next number down that is 1, 2 or 5 times a power of ten. */
    private static double rounded(double number) {
        double power = Math.pow(10, Math.floor(Math.log10(number) + ROUNDING));
        double first = number / power + ROUNDING;
        return (first >= 5 ? 5 : first >= 2 ? 2 : 1) * power;
    }

    private static double step(double least, double most) {
        return NumberFormats.step(Math.max(most - least, most / 100), 6);
    }

    private SvgBuilder draw(List<ContenderResult> results, boolean withPredictions) {
        SvgBuilder svg = new SvgBuilder(WIDTH, HEIGHT, metric.words() + " over the swept field");
        grid(svg, results.getFirst().variant().map(Experiment.Variant::field).orElse(""));
        int colour = 0;
        for (List<ContenderResult> series : series(results).values()) {
            if (withPredictions) {
                predictions(svg, series, colour % SvgBuilder.COLOURS);
            }
            curve(svg, series, colour++ % SvgBuilder.COLOURS);
        }
        return svg;
    }

    /** Results by label. */
    static Map<String, List<ContenderResult>> series(List<ContenderResult> results) {
        Map<String, List<ContenderResult>> series = new LinkedHashMap<>();
        results.forEach(
                r -> series.computeIfAbsent(r.label() + " · " + r.actuator().word(), k -> new ArrayList<>())
                        .add(r));
        return series;
    }

    private void grid(SvgBuilder svg, String field) {
        if (logarithmic) {
            for (double tick = least; tick <= most; tick = rounded(tick * 2.6)) {
                tick(svg, tick, Math.min(1, tick));
            }
        } else {
            double step = step(least, most);
            for (double tick = least; tick <= most + step / 1000; tick += step) {
                tick(svg, tick, step);
            }
        }
        double labelled = -LABEL;
        for (int i = 0; i < values.size(); i++) {
            svg.line("grid", x(i), TOP, x(i), HEIGHT - BOTTOM);
            if (Math.abs(x(i) - labelled) >= LABEL) {
                labelled = x(i);
                svg.text("small", x(i), HEIGHT - BOTTOM + 16, "middle", values.get(i));
            }
        }
        svg.text("small", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", field + "; " + metric.words());
    }

    private void tick(SvgBuilder svg, double at, double step) {
        svg.line("grid", LEFT, y(at), WIDTH - RIGHT, y(at))
                .text("small", LEFT - 8, y(at) + 4, "end", NumberFormats.tick(at, step));
    }

    private void predictions(SvgBuilder svg, List<ContenderResult> series, int colour) {
        StringBuilder d = new StringBuilder();
        for (ContenderResult result : series) {
            metric.predicted()
                    .apply(result)
                    .ifPresent(p -> d.append(SvgBuilder.format(
                            "%s%.1f %.1f", d.isEmpty() ? "M" : "L", x(values.indexOf(value(result))), y(p))));
        }
        if (!d.isEmpty()) {
            svg.path("curve theory c" + colour, d.toString());
        }
    }

    private void yardstick(SvgBuilder svg, List<ContenderResult> results) {
        StringBuilder d = new StringBuilder();
        String before = "";
        for (ContenderResult result : results) {
            if (result.yardstick().isPresent() && !value(result).equals(before)) {
                before = value(result);
                d.append(SvgBuilder.format(
                        "%s%.1f %.1f",
                        d.isEmpty() ? "M" : "L",
                        x(values.indexOf(before)),
                        y(result.yardstick().get().meanS())));
            }
        }
        svg.path("curve yard", d.toString());
    }

    private void curve(SvgBuilder svg, List<ContenderResult> series, int colour) {
        StringBuilder d = new StringBuilder();
        for (ContenderResult result : series) {
            d.append(SvgBuilder.format(
                    "%s%.1f %.1f",
                    d.isEmpty() ? "M" : "L", x(values.indexOf(value(result))), y(metric.median(result))));
        }
        svg.path("curve c" + colour, d.toString());
        for (ContenderResult result : series) {
            double at = x(values.indexOf(value(result)));
            Interval.of(result.runs().stream()
                            .map(metric.value()::applyAsDouble)
                            .toList())
                    .ifPresent(i -> svg.line("interval", at, y(i.low()), at, y(i.high()))
                            .line("interval", at - 3, y(i.low()), at + 3, y(i.low()))
                            .line("interval", at - 3, y(i.high()), at + 3, y(i.high())));
            svg.circle(
                    "f" + colour,
                    x(values.indexOf(value(result))),
                    y(metric.median(result)),
                    4,
                    result.label() + ", " + value(result) + ": " + NumberFormats.plain(metric.median(result)));
        }
    }

    private static String value(ContenderResult result) {
        return result.variant().map(Experiment.Variant::value).orElse("");
    }

    private double x(int index) {
        return LEFT + 24 + (WIDTH - LEFT - RIGHT - 48) * place(values, index);
    }

    /** Where a value is between the ends of the axis, from 0 to 1. An axis that spans much is logarithmic. */
    static double place(List<String> values, int index) {
        if (values.size() == 1) {
            return 0.5;
        }
        double[] numbers = values.stream()
                .filter(v -> NUMBER.matcher(v).matches())
                .mapToDouble(Double::parseDouble)
                .toArray();
        double low = Arrays.stream(numbers).min().orElse(0);
        double high = Arrays.stream(numbers).max().orElse(0);
        if (numbers.length < values.size() || low == high) {
            return (double) index / (values.size() - 1);
        }
        return low > 0 && high / low > WIDE_VALUES
                ? Math.log(numbers[index] / low) / Math.log(high / low)
                : (numbers[index] - low) / (high - low);
    }

    private double y(double at) {
        double part = logarithmic
                ? Math.log(Math.max(at, least) / least) / Math.log(most / least)
                : Math.max(0, (at - least) / (most - least));
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - part);
    }
}
