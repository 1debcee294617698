package io.framequota.lab.report;

import io.framequota.lab.experiment.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The CPU shares of all jobs of one run over time, stacked. */
final class AllocationChart {
    private static final double WIDTH = 600;
    private static final double HEIGHT = 190;
    private static final double LEFT = 62;
    private static final double RIGHT = 16;
    private static final double TOP = 8;
    private static final double BOTTOM = 42;

    private final double seconds;
    private final double millicores;

    private AllocationChart(double seconds, double millicores) {
        this.seconds = seconds;
        this.millicores = millicores;
    }

    /**
     * The picture.
     *
     * @param seconds right end of the time axis, the same for all pictures that are compared
     * @param budget top of the other axis
     */
    static SvgBuilder of(Run run, double seconds, double budget) {
        SvgBuilder svg = new SvgBuilder(WIDTH, HEIGHT, "CPU shares over time");
        AllocationChart axes = new AllocationChart(seconds, budget);
        axes.grid(svg);
        axes.shares(svg, run.changes());
        return svg;
    }

    private void grid(SvgBuilder svg) {
        for (int part = 0; part <= 2; part++) {
            double y = y(millicores * part / 2);
            svg.line("grid", LEFT, y, WIDTH - RIGHT, y)
                    .text("small", LEFT - 8, y + 4, "end", Math.round(millicores * part / 2) + "m");
        }
        double step = NumberFormats.step(seconds, 8);
        for (double tick = 0; tick <= seconds + step / 1000; tick += step) {
            svg.line("grid", x(tick), TOP, x(tick), HEIGHT - BOTTOM)
                    .text("small", x(tick), HEIGHT - BOTTOM + 16, "middle", NumberFormats.tick(tick, step));
        }
        svg.text("small", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", "seconds");
    }

    private void shares(SvgBuilder svg, List<Run.Change> changes) {
        Map<Long, Double> held = new LinkedHashMap<>();
        for (int i = 0; i < changes.size(); i++) {
            Run.Change change = changes.get(i);
            if (change.millicores() > 0) {
                held.put(change.job(), change.millicores());
            } else {
                held.remove(change.job());
            }
            double until = i + 1 < changes.size() ? changes.get(i + 1).atS() : change.atS();
            if (until > change.atS()) {
                stack(svg, held, change.atS(), until);
            }
        }
    }

    private void stack(SvgBuilder svg, Map<Long, Double> held, double from, double until) {
        double below = 0;
        List<Long> jobs = new ArrayList<>(held.keySet());
        jobs.sort(null);
        for (long job : jobs) {
            double share = held.getOrDefault(job, 0.0);
            svg.rectangle(
                    "f" + Math.floorMod(job - 1, SvgBuilder.COLOURS),
                    x(from),
                    y(below + share),
                    x(until) - x(from),
                    y(below) - y(below + share),
                    "job " + job + ": " + Math.round(share) + "m from " + NumberFormats.seconds(from) + " to "
                            + NumberFormats.seconds(until));
            below += share;
        }
    }

    private double x(double at) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, at / seconds);
    }

    private double y(double share) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(1.05, share / millicores));
    }
}
