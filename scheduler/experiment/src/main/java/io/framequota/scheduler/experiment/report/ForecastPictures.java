package io.framequota.scheduler.experiment.report;

import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.simulator.Accuracy;
import io.framequota.scheduler.simulator.Forecasted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forecasts beside what came of them: a dot for each job, and how far off they were. */
final class ForecastPictures {
    private static final double SIZE = 360;
    private static final double LEFT = 56;
    private static final double BOTTOM = 44;
    private static final double TOP = 10;
    private static final double RIGHT = 16;

    private ForecastPictures() {}

    /** A row for each policy that was asked. */
    static String table(List<PolicyResult> results) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table><tr><th>policy</th><th></th><th>jobs</th>"
                + "<th>median error</th><th>p90</th><th>p99</th><th>bias</th><th>correlation</th></tr>");
        for (PolicyResult result : results) {
            if (result.forecasts().isEmpty()) {
                continue;
            }
            Accuracy accuracy = Accuracy.of(result.forecasts());
            html.append("<tr><td>")
                    .append(Svg.escape(result.label()))
                    .append("</td><td>")
                    .append(Svg.escape(result.variant().map(Object::toString).orElse("")))
                    .append("</td>");
            cell(html, Integer.toString(accuracy.jobs()));
            cell(html, percent(accuracy.medianError()));
            cell(html, percent(accuracy.p90Error()));
            cell(html, percent(accuracy.p99Error()));
            cell(html, accuracy.bias() == null ? "" : Numbers.percent(accuracy.bias()));
            cell(html, accuracy.correlation() == null ? "" : Numbers.plain(accuracy.correlation()));
            html.append("</tr>");
        }
        return html.append("</table></div>").toString();
    }

    private static void cell(StringBuilder html, String text) {
        html.append("<td>").append(text).append("</td>");
    }

    private static String percent(@Nullable Double part) {
        return part == null ? "" : Svg.format("%.1f %%", 100 * part);
    }

    /** Forecast across, measured up. */
    static Svg scatter(List<Forecasted> forecasts) {
        double most = forecasts.stream()
                .mapToDouble(f -> Math.max(f.forecastS(), f.responseS()))
                .max()
                .orElse(1);
        double step = Numbers.step(most, 6);
        double top = step * Math.ceil(most / step);
        Svg svg = new Svg(SIZE, SIZE, "forecast and measured response");
        for (double tick = 0; tick <= top + step / 1000; tick += step) {
            svg.line("grid", x(0, top), y(tick, top), x(top, top), y(tick, top))
                    .line("grid", x(tick, top), y(0, top), x(tick, top), y(top, top))
                    .text("small", LEFT - 8, y(tick, top) + 4, "end", Numbers.tick(tick, step))
                    .text("small", x(tick, top), SIZE - BOTTOM + 16, "middle", Numbers.tick(tick, step));
        }
        svg.path("curve yard", Svg.format("M%.1f %.1fL%.1f %.1f", x(0, top), y(0, top), x(top, top), y(top, top)));
        for (Forecasted one : forecasts) {
            svg.circle(
                    "f0",
                    x(one.forecastS(), top),
                    y(one.responseS(), top),
                    2.4,
                    "forecast " + Numbers.seconds(one.forecastS()) + ", measured " + Numbers.seconds(one.responseS()));
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
