package io.framequota.lab.report;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ReplayRanking;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.report.ReportPage.Figure;
import io.framequota.lab.report.ReportPage.Key;
import io.framequota.lab.report.ReportPage.Section;
import io.framequota.lab.report.ReportPage.Table;
import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.RawString;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** {@code report.html}: one file without network or script, for light and dark, screens of any width and paper. */
final class HtmlReport {
    private final ExperimentResult result;
    private final Experiment experiment;
    private final List<Section> sections = new ArrayList<>();

    private HtmlReport(ExperimentResult result) {
        this.result = result;
        this.experiment = result.experiment();
    }

    static String of(ExperimentResult result) {
        return render(new HtmlReport(result).page());
    }

    /** Fills in the template. */
    static String render(ReportPage page) {
        Engine engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .addResultMapper(new HtmlEscaper(List.of(Variant.TEXT_HTML)))
                .build();
        return engine.parse(resource("report.html"), Variant.forContentType(Variant.TEXT_HTML))
                .data("css", new RawString(resource("report.css")))
                .data("page", page)
                .render();
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ReportPage page() {
        boolean swept = experiment.variant().isPresent();
        if (experiment.serving().isPresent()) {
            serving();
        } else if (swept) {
            sections.add(Section.ofFigures(
                    "Mean response over " + field(),
                    "",
                    curves("yard", "lowest mean in the model, with exact shares"),
                    List.of(Figure.of("", SweepChart.of(result.policies())))));
        } else {
            responses();
            distributions();
            shares();
            throttling();
        }
        forecasts();
        if (!swept) {
            replays();
        }
        sections.add(Section.ofTables("Numbers", numbers(), List.of(ReportTables.results(result))));
        List<Table> labels = ReportTables.labels(result);
        if (!labels.isEmpty()) {
            sections.add(Section.ofTables(
                    "By label", "Mean response in seconds of the jobs with a label, median over the runs.", labels));
        }
        return new ReportPage(
                experiment.name(), experiment.description(), summary(), result.notices(), sections, facts());
    }

    private String numbers() {
        String text = "Seconds, medians over the runs. Responses count from the intended arrival.";
        if (result.policies().stream().anyMatch(p -> p.runs().size() > 2)) {
            text += " ± is half of the 95 % confidence interval of the runs' mean.";
        }
        if (result.policies().stream().anyMatch(p -> p.most(Run::refused) > 0)) {
            text += " Refused requests have no response, and no mean counts them.";
        }
        if (result.on() == ExperimentBackend.SIMULATOR
                && result.policies().stream().anyMatch(p -> p.predictedMeanS().isPresent())) {
            text +=
                    " Simulation and prediction come from the same model here, so that \"off by\" tests the simulator, and no"
                            + " machine.";
        }
        return text;
    }

    private String summary() {
        int repeats = result.policies().getFirst().runs().size();
        String where = switch (result.on()) {
            case SIMULATOR -> "In the simulator";
            case LOCAL -> "On this machine's cores";
            case KUBERNETES -> "In a cluster";
        };
        return where + ", " + (repeats == 1 ? "one run" : repeats + " runs")
                + (experiment.serving().isPresent() ? " of each way of serving, " : " of each policy, ")
                + result.finished().toString().substring(0, 10);
    }

    private void responses() {
        byActuator()
                .forEach((actuator, policies) -> sections.add(new Section(
                        title("Mean response", actuator),
                        Verdict.of(policies, ContenderResult::label),
                        bars(),
                        policies.getFirst()
                                .yardstick()
                                .map(y -> "The lowest mean in the model of this experiment, with exact shares, is "
                                        + NumberFormats.seconds(y.meanS()) + " (" + y.policy() + ")."
                                        + (result.on() == ExperimentBackend.SIMULATOR
                                                ? ""
                                                : " A measured mean may be lower: real processes do not keep to the"
                                                        + " model's speedup."))
                                .orElse(""),
                        List.of(),
                        List.of(Figure.of(
                                "", BarChart.responses(policies, labels(policies), experiment.tolerance()))))));
    }

    private void distributions() {
        byActuator()
                .forEach((actuator, policies) -> sections.add(Section.ofFigures(
                        title("Answered within", actuator),
                        "",
                        colours(labels(policies)),
                        List.of(Figure.of("", DistributionChart.of(policies))))));
    }

    private void serving() {
        ServingCharts charts = new ServingCharts(result);
        List<Key> legend = charts.curves() ? curves("theory", "predicted") : bars();
        for (ChartMetric metric : charts.metrics()) {
            List<Figure> figures = charts.of(metric).entrySet().stream()
                    .map(e -> Figure.of(e.getKey(), e.getValue()))
                    .toList();
            sections.add(Section.ofFigures(metric.title(), "In " + metric.unit() + ".", legend, figures));
        }
    }

    private void shares() {
        double seconds = result.policies().stream()
                .mapToDouble(p -> end(p.runs().getFirst()))
                .max()
                .orElse(0);
        if (seconds > 0) {
            List<Figure> figures = result.policies().stream()
                    .map(p -> Figure.of(
                            label(p, true), AllocationChart.of(p.runs().getFirst(), seconds, budget(p.actuator()))))
                    .toList();
            sections.add(Section.ofFigures(
                    "CPU shares over time", "First run of each; each job has a colour.", List.of(), figures));
        }
    }

    private static double end(Run run) {
        return run.changes().isEmpty() ? 0 : run.changes().getLast().atS();
    }

    private double budget(ActuatorKind actuator) {
        boolean wholeCores = actuator == ActuatorKind.DISPATCH && result.on() == ExperimentBackend.LOCAL;
        return wholeCores ? 1000.0 * experiment.cores() : experiment.budget() * experiment.scaleOn(result.on());
    }

    private void throttling() {
        if (result.policies().stream().anyMatch(p -> p.median(Run::throttledS) > 0)) {
            sections.add(Section.ofFigures(
                    "Throttled by quotas",
                    "Seconds for which a used-up quota held jobs back, summed over jobs"
                            + (result.on() == ExperimentBackend.LOCAL ? " and cores" : "") + ", per run.",
                    List.of(),
                    List.of(Figure.of(
                            "",
                            BarChart.values(
                                    result.policies(),
                                    labels(result.policies()),
                                    Run::throttledS,
                                    "throttled seconds")))));
        }
    }

    private void forecasts() {
        List<ContenderResult> forecast =
                result.policies().stream().filter(p -> !p.forecasts().isEmpty()).toList();
        if (!forecast.isEmpty()) {
            List<Figure> figures = forecast.stream()
                    .map(p -> Figure.of(
                            label(p, false) + p.variant().map(v -> ", " + v).orElse(""),
                            ForecastChart.of(p.forecasts())))
                    .toList();
            sections.add(new Section(
                    "Forecast and measured response",
                    "Each dot is a job: its response as forecast when it arrived, before any of it ran, and as measured. On"
                            + " the line the forecast was right. Errors are relative to the response.",
                    List.of(),
                    "",
                    List.of(ReportTables.forecasts(forecast)),
                    figures));
        }
    }

    private void replays() {
        List<ReplayRanking> rankings = ReplayRanking.of(result.policies());
        if (!rankings.isEmpty()) {
            sections.add(Section.ofTables(
                    "Replayed and measured order",
                    "The scheduler replayed each run under the other policies, with what it knew at each moment; each of"
                            + " them was also measured with the same requests. An order is right when no two policies change"
                            + " places whose means differ by " + Math.round(100 * ReplayRanking.TIE)
                            + " % or more, both as measured and as replayed.",
                    ReportTables.replays(rankings)));
        }
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("workload", experiment.workloadText());
        experiment
                .serving()
                .filter(s -> !field().equals("workload.kind"))
                .ifPresent(s -> facts.put("requests", s.kind().word()));
        facts.put("speedup", field().startsWith("speedup") ? "swept" : experiment.speedupText());
        facts.put("cores, budget", experiment.cores() + ", " + experiment.budget() + "m");
        facts.put("scale here", NumberFormats.plain(experiment.scaleOn(result.on())));
        facts.put("seed", Long.toString(experiment.seed()));
        facts.put("finished", result.finished().toString());
        facts.putAll(result.facts());
        return facts;
    }

    private String title(String what, ActuatorKind actuator) {
        return byActuator().size() == 1 ? what : what + ", " + actuator.word();
    }

    private Map<ActuatorKind, List<ContenderResult>> byActuator() {
        return result.policies().stream()
                .collect(Collectors.groupingBy(ContenderResult::actuator, LinkedHashMap::new, Collectors.toList()));
    }

    private List<String> labels(List<ContenderResult> policies) {
        boolean several = severalActuators(policies);
        return policies.stream().map(p -> label(p, several)).toList();
    }

    private static boolean severalActuators(List<ContenderResult> policies) {
        return policies.stream().map(ContenderResult::actuator).distinct().count() > 1;
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

    private String field() {
        return experiment.variant().map(Experiment.Variant::field).orElse("");
    }

    private List<Key> bars() {
        return List.of(
                new Key("bar", "measured (median; a dot for each run; a line for the 95 % interval of their mean)"),
                new Key("met", "predicted, met within " + Math.round(100 * experiment.tolerance()) + " %"),
                new Key("missed", "predicted, missed"));
    }

    private static List<Key> colours(List<String> names) {
        List<Key> keys = new ArrayList<>();
        names.forEach(name -> keys.add(new Key("k" + keys.size() % SvgBuilder.COLOURS, name)));
        return keys;
    }

    /** The curves of a sweep and one further curve. */
    private List<Key> curves(String style, String further) {
        boolean several = severalActuators(result.policies());
        List<Key> keys = colours(SweepChart.series(result.policies()).values().stream()
                .map(s -> label(s.getFirst(), several))
                .toList());
        keys.add(new Key(style, further));
        return keys;
    }
}
