package io.framequota.lab.report;

import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;

/** Forecast and measured responses: a dot for each job. */
final class ForecastChart {
    private static final double SIZE = 360;
    private static final double LEFT = 56;
    private static final double BOTTOM = 44;
    private static final double TOP = 10;
    private static final double RIGHT = 16;

    private ForecastChart() {}

    /** The chart, with forecasts on the horizontal axis and measured responses on the vertical one. */
    static SvgBuilder of(List<ForecastOutcome> forecasts) {
        double most = forecasts.stream()
                .mapToDouble(f -> Math.max(f.forecastS(), f.responseS()))
                .max()
                .orElse(1);
        double step = NumberFormats.step(most, 6);
        double top = step * Math.ceil(most / step);
        SvgBuilder svg = new SvgBuilder(SIZE, SIZE, "forecast and measured response");
        for (double tick = 0; tick <= top + step / 1000; tick += step) {
            svg.line("grid", x(0, top), y(tick, top), x(top, top), y(tick, top))
                    .line("grid", x(tick, top), y(0, top), x(tick, top), y(top, top))
                    .text("small", LEFT - 8, y(tick, top) + 4, "end", NumberFormats.tick(tick, step))
                    .text("small", x(tick, top), SIZE - BOTTOM + 16, "middle", NumberFormats.tick(tick, step));
        }
        svg.path(
                "curve yard",
                SvgBuilder.format("M%.1f %.1fL%.1f %.1f", x(0, top), y(0, top), x(top, top), y(top, top)));
        for (ForecastOutcome one : forecasts) {
            svg.circle(
                    "f0",
                    x(one.forecastS(), top),
                    y(one.responseS(), top),
                    2.4,
                    "forecast " + NumberFormats.seconds(one.forecastS()) + ", measured "
                            + NumberFormats.seconds(one.responseS()));
        }
        return svg.text(
                "small", (LEFT + SIZE - RIGHT) / 2, SIZE - 6, "middle", "forecast in seconds; up: measured in seconds");
    }

    private static double x(double seconds, double top) {
        return LEFT + (SIZE - LEFT - RIGHT) * seconds / top;
    }

    private static double y(double seconds, double top) {
        return TOP + (SIZE - TOP - BOTTOM) * (1 - seconds / top);
    }
}
