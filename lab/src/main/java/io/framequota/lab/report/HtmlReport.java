package io.framequota.lab.report;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ReplayRanking;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.experiment.Yardstick;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page: one file that needs no network and no script, in light and dark, on paper, wide and narrow. */
final class HtmlReport {
    private final ExperimentResult result;
    private final Experiment experiment;
    private final boolean swept;
    private final StringBuilder html = new StringBuilder();

    private HtmlReport(ExperimentResult result) {
        this.result = result;
        this.experiment = result.experiment();
        this.swept = experiment.variant().isPresent();
    }

    static String of(ExperimentResult result) {
        return new HtmlReport(result).page();
    }

    private String page() {
        html.append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>")
                .append(SvgBuilder.escape(experiment.name()))
                .append("</title><style>")
                .append(StyleSheet.css())
                .append("</style></head><body><main>");
        head();
        if (experiment.serving().isPresent()) {
            servings();
        } else if (swept) {
            section(
                    "Mean response over " + field(),
                    legend(seriesNames(), "yard", "best known"),
                    SweepChart.of(result.policies()));
        } else {
            responses();
            byActuator()
                    .forEach((actuator, policies) -> section(
                            title("Answered within", actuator),
                            legend(labels(policies), "", ""),
                            DistributionChart.of(policies)));
            holdings();
            throttling();
        }
        forecasts();
        if (!swept) {
            html.append(ReplayTable.of(ReplayRanking.of(result.policies())));
        }
        html.append("<section><h2>Numbers</h2>")
                .append("<p>Seconds, medians over the runs. Responses count from the intended arrival.</p>")
                .append(ResultTable.of(result))
                .append("</section>");
        String byLabel = LabelBreakdown.table(result);
        if (!byLabel.isEmpty()) {
            html.append(
                            "<section><h2>By label</h2><p>Mean response in seconds of the jobs with it, median over the runs.</p>")
                    .append(byLabel)
                    .append("</section>");
        }
        facts();
        return html.append("</main></body></html>\n").toString();
    }

    private void head() {
        html.append("<header><h1>").append(SvgBuilder.escape(experiment.name())).append("</h1>");
        if (!experiment.description().isEmpty()) {
            html.append("<p class=\"lead\">")
                    .append(SvgBuilder.escape(experiment.description()))
                    .append("</p>");
        }
        int repeats = result.policies().getFirst().runs().size();
        html.append("<p>")
                .append(where())
                .append(", ")
                .append(repeats == 1 ? "one run" : repeats + " runs")
                .append(experiment.serving().isPresent() ? " of each way of serving, " : " of each policy, ")
                .append(result.finished().toString(), 0, 10)
                .append("</p>");
        result.notices()
                .forEach(n -> html.append("<p class=\"notice\">")
                        .append(SvgBuilder.escape(n))
                        .append("</p>"));
        html.append("</header>");
    }

    private String where() {
        return switch (result.on()) {
            case SIMULATOR -> "In the simulator";
            case LOCAL -> "On this machine's cores";
            case KUBERNETES -> "In a cluster";
        };
    }

    private void responses() {
        String legend = barLegend();
        byActuator()
                .forEach((actuator, policies) -> section(
                        title("Mean response", actuator),
                        legend + yardstick(policies),
                        BarChart.responses(policies, labels(policies), experiment.tolerance())));
    }

    private String barLegend() {
        return "<p class=\"legend\"><span><i class=\"bar\"></i>measured (median; a dot for each run)</span>"
                + "<span><i class=\"met\"></i>predicted, met within " + Math.round(100 * experiment.tolerance())
                + " %</span><span><i class=\"missed\"></i>predicted, missed</span></p>";
    }

    private void servings() {
        ServingCharts pictures = new ServingCharts(result);
        String legend = pictures.curves() ? legend(seriesNames(), "theory", "predicted") : barLegend();
        for (ChartMetric reading : pictures.readings()) {
            html.append("<section><h2>")
                    .append(SvgBuilder.escape(reading.title()))
                    .append("</h2><p>In ")
                    .append(SvgBuilder.escape(reading.unit()))
                    .append(".</p>")
                    .append(legend);
            pictures.of(reading).forEach((value, picture) -> {
                if (!value.isEmpty()) {
                    html.append("<h3>").append(SvgBuilder.escape(value)).append("</h3>");
                }
                figure(picture);
            });
            html.append("</section>");
        }
    }

    private static String yardstick(List<ContenderResult> policies) {
        Optional<Yardstick> best = policies.getFirst().yardstick();
        return best.map(y -> "<p>The best that is known for this workload, with exact shares: "
                        + NumberFormats.seconds(y.meanS()) + " (" + y.policy() + ").</p>")
                .orElse("");
    }

    private String title(String what, ActuatorKind actuator) {
        return byActuator().size() == 1 ? what : what + ", " + actuator.word();
    }

    private void holdings() {
        double seconds = result.policies().stream()
                .mapToDouble(p -> end(p.runs().getFirst()))
                .max()
                .orElse(0);
        if (seconds == 0) {
            return;
        }
        html.append("<section><h2>Who had which millicores</h2><p>First run of each; a colour is a job.</p>");
        for (ContenderResult policy : result.policies()) {
            Run run = policy.runs().getFirst();
            html.append("<h3>").append(SvgBuilder.escape(label(policy, true))).append("</h3>");
            figure(AllocationChart.of(run, seconds, top(policy.actuator())));
        }
        html.append("</section>");
    }

    private static double end(Run run) {
        return run.changes().isEmpty() ? 0 : run.changes().getLast().atS();
    }

    private double top(ActuatorKind actuator) {
        boolean wholeCores = actuator == ActuatorKind.DISPATCH && result.on() == ExperimentBackend.LOCAL;
        return wholeCores ? 1000.0 * experiment.cores() : experiment.budget() * experiment.scaleOn(result.on());
    }

    private void throttling() {
        if (result.policies().stream().anyMatch(p -> p.median(Run::throttledS) > 0)) {
            section(
                    "Held back by quotas",
                    "<p>Seconds for which a used-up quota held jobs back, summed over jobs"
                            + (result.on() == ExperimentBackend.LOCAL ? " and cores" : "") + ", per run.</p>",
                    BarChart.values(
                            result.policies(), labels(result.policies()), Run::throttledS, "throttled seconds"));
        }
    }

    private void forecasts() {
        if (result.policies().stream().allMatch(p -> p.forecasts().isEmpty())) {
            return;
        }
        html.append(
                        "<section><h2>Forecast and measured response</h2><p>Each dot is a job: its response as forecast when it"
                                + " came, before any of it ran, and as measured. On the line the forecast was right. Errors are relative to"
                                + " the response.</p>")
                .append(ForecastCharts.table(result.policies()));
        for (ContenderResult policy : result.policies()) {
            if (!policy.forecasts().isEmpty()) {
                html.append("<h3>")
                        .append(SvgBuilder.escape(label(policy, false)
                                + policy.variant().map(v -> ", " + v).orElse("")))
                        .append("</h3>");
                figure(ForecastCharts.scatter(policy.forecasts()));
            }
        }
        html.append("</section>");
    }

    private void facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("workload", experiment.workloadText());
        experiment
                .serving()
                .filter(s -> !field().equals("workload.kind"))
                .ifPresent(s -> facts.put("requests", s.kind().word()));
        facts.put("speedup", swept && field().startsWith("speedup") ? "swept" : experiment.speedupText());
        facts.put("cores, budget", experiment.cores() + ", " + experiment.budget() + "m");
        facts.put("scale here", NumberFormats.plain(experiment.scaleOn(result.on())));
        facts.put("seed", Long.toString(experiment.seed()));
        facts.put("finished", result.finished().toString());
        facts.putAll(result.facts());
        html.append("<section><h2>How it was measured</h2><dl>");
        facts.forEach((k, v) -> html.append("<dt>")
                .append(SvgBuilder.escape(k))
                .append("</dt><dd>")
                .append(SvgBuilder.escape(v))
                .append("</dd>"));
        html.append("</dl></section>");
    }

    private Map<ActuatorKind, List<ContenderResult>> byActuator() {
        return result.policies().stream()
                .collect(Collectors.groupingBy(ContenderResult::actuator, LinkedHashMap::new, Collectors.toList()));
    }

    private List<String> labels(List<ContenderResult> policies) {
        boolean several =
                policies.stream().map(ContenderResult::actuator).distinct().count() > 1;
        return policies.stream().map(p -> label(p, several)).toList();
    }

    private static String label(ContenderResult policy, boolean withActuator) {
        if (policy.actuator() == ActuatorKind.NONE) {
            return policy.label();
        }
        String parameters =
                policy.label().substring(policy.policy().name().length()).strip();
        String rest = (withActuator ? policy.actuator().word() : "")
                + (withActuator && !parameters.isEmpty() ? " " : "")
                + parameters;
        return policy.policy().name() + (rest.isEmpty() ? "" : " · " + rest);
    }

    private List<String> seriesNames() {
        boolean several = result.policies().stream()
                        .map(ContenderResult::actuator)
                        .distinct()
                        .count()
                > 1;
        return SweepChart.series(result.policies()).values().stream()
                .map(s -> label(s.getFirst(), several))
                .toList();
    }

    private String field() {
        return experiment.variant().map(Experiment.Variant::field).orElse("");
    }

    /** With a further entry of a style, unless the style is empty. */
    private static String legend(List<String> names, String style, String further) {
        StringBuilder legend = new StringBuilder("<p class=\"legend\">");
        for (int i = 0; i < names.size(); i++) {
            legend.append("<span><i class=\"k")
                    .append(i % Palette.SIZE)
                    .append("\"></i>")
                    .append(SvgBuilder.escape(names.get(i)))
                    .append("</span>");
        }
        if (!style.isEmpty()) {
            legend.append("<span><i class=\"")
                    .append(style)
                    .append("\"></i>")
                    .append(further)
                    .append("</span>");
        }
        return legend.append("</p>").toString();
    }

    private void section(String title, String before, SvgBuilder picture) {
        html.append("<section><h2>")
                .append(SvgBuilder.escape(title))
                .append("</h2>")
                .append(before);
        figure(picture);
        html.append("</section>");
    }

    private void figure(SvgBuilder picture) {
        html.append("<div class=\"wide\">").append(picture).append("</div>");
    }
}
