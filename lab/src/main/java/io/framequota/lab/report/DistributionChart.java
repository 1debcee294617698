package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import java.util.List;

/** The part of jobs that had been answered within a time, one curve per policy, all runs together. */
final class DistributionChart {
    private static final double WIDTH = 600;
    private static final double HEIGHT = 300;
    private static final double LEFT = 52;
    private static final double RIGHT = 16;
    private static final double TOP = 10;
    private static final double BOTTOM = 44;
    /** Points of a curve; more would not be visible. */
    private static final int POINTS = 400;
    /** Axes that span more than this are logarithmic. */
    private static final double WIDE = 50;

    private final double from;
    private final double to;
    private final boolean logarithmic;

    private DistributionChart(double least, double most) {
        logarithmic = least > 0 && most / least > WIDE;
        from = logarithmic ? Math.pow(10, Math.floor(Math.log10(least))) : 0;
        to = most;
    }

    static SvgBuilder of(List<ContenderResult> results) {
        List<double[]> sorted = results.stream()
                .map(p -> p.runs().stream()
                        .map(Run::responses)
                        .flatMap(List::stream)
                        .mapToDouble(Double::doubleValue)
                        .sorted()
                        .toArray())
                .toList();
        double most = sorted.stream().mapToDouble(DistributionChart::end).max().orElse(1);
        double least = sorted.stream().mapToDouble(a -> a[0]).min().orElse(0);
        DistributionChart axes = new DistributionChart(least, most);
        SvgBuilder svg = new SvgBuilder(WIDTH, HEIGHT, "distribution of response times");
        axes.grid(svg);
        for (int i = 0; i < sorted.size(); i++) {
            svg.path("curve c" + i % SvgBuilder.COLOURS, axes.curve(sorted.get(i)));
        }
        return svg;
    }

    /** The largest response, or little more than the 99th percentile where few are far larger: they are beyond the edge. */
    private static double end(double[] sorted) {
        double p99 = sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        double last = sorted[sorted.length - 1];
        return last > 2 * p99 ? 1.2 * p99 : last;
    }

    private void grid(SvgBuilder svg) {
        for (int part = 0; part <= 4; part++) {
            double y = y(part / 4.0);
            svg.line("grid", LEFT, y, WIDTH - RIGHT, y).text("small", LEFT - 8, y + 4, "end", part * 25 + " %");
        }
        if (logarithmic) {
            for (double tick = from; tick <= to; tick *= 10) {
                tick(svg, tick, NumberFormats.tick(tick, Math.min(1, tick)));
            }
        } else {
            double step = NumberFormats.step(to, 7);
            for (double tick = 0; tick <= to + step / 1000; tick += step) {
                tick(svg, tick, NumberFormats.tick(tick, step));
            }
        }
        svg.text("small", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", "response in seconds");
    }

    private void tick(SvgBuilder svg, double value, String label) {
        svg.line("grid", x(value), TOP, x(value), HEIGHT - BOTTOM)
                .text("small", x(value), HEIGHT - BOTTOM + 16, "middle", label);
    }

    private String curve(double[] sorted) {
        StringBuilder d = new StringBuilder(SvgBuilder.format("M%.1f %.1f", x(sorted[0]), y(0)));
        int step = Math.max(1, sorted.length / POINTS);
        for (int i = 0; i < sorted.length; i += step) {
            int last = Math.min(sorted.length - 1, i + step - 1);
            if (sorted[i] > to) {
                break;
            }
            d.append(SvgBuilder.format("H%.1fV%.1f", x(sorted[i]), y((last + 1.0) / sorted.length)));
        }
        return d.append(SvgBuilder.format("H%.1f", x(to))).toString();
    }

    private double x(double seconds) {
        double part = logarithmic
                ? Math.log(Math.max(seconds, from) / from) / Math.log(to / from)
                : (seconds - from) / (to - from);
        return LEFT + (WIDTH - LEFT - RIGHT) * part;
    }

    private static double y(double part) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - part);
    }
}
