package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.ReplayRanking;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.report.ReportPage.Cell;
import io.framequota.lab.report.ReportPage.Table;
import io.framequota.scheduler.simulator.ForecastAccuracy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tables of a report. */
final class ReportTables {
    private static final String UNKNOWN = "–";

    /** A column of the table of results. */
    private record Column(String name, Function<ContenderResult, Cell> cell) {
        static Column text(String name, Function<ContenderResult, String> text) {
            return new Column(name, r -> new Cell(text.apply(r), ""));
        }

        static Column median(String name, ToDoubleFunction<Run> value) {
            return text(name, r -> NumberFormats.plain(r.median(value)));
        }
    }

    /** A row for each contender, actuator and swept value. */
    static Table results(ExperimentResult result) {
        List<ContenderResult> results = result.policies();
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text("policy", ContenderResult::label));
        columns.add(Column.text("actuator", r -> r.actuator().word()));
        if (results.stream().anyMatch(r -> r.variant().isPresent())) {
            columns.add(Column.text("value", ReportTables::variant));
        }
        columns.add(new Column("mean", r -> new Cell(NumberFormats.plain(r.meanResponseS()), "main")));
        if (results.stream().anyMatch(r -> spread(r).isPresent())) {
            columns.add(Column.text(
                    "±", r -> spread(r).map(i -> NumberFormats.plain(i.half())).orElse(UNKNOWN)));
        }
        if (results.stream().anyMatch(r -> r.most(Run::refused) > 0)) {
            columns.add(Column.text("refused", r -> NumberFormats.whole(r.median(Run::refused))));
        }
        columns.add(Column.text("predicted", r -> optional(r.predictedMeanS(), NumberFormats::plain)));
        columns.add(new Column(
                "off by", r -> deviation(r.deviation(), result.experiment().tolerance())));
        columns.add(Column.median("p50", r -> r.summary().p50S()));
        columns.add(Column.median("p99", r -> r.summary().p99S()));
        columns.add(Column.median("max", r -> r.summary().maxS()));
        columns.add(Column.median("slowdown", r -> r.summary().meanSlowdown()));
        columns.add(Column.median("makespan", r -> r.summary().makespanS()));
        addUnlessZero(columns, "throttled", Run::throttledS, results);
        columns.add(Column.median("CPU", Run::cpuS));
        addUnlessZero(columns, "handover ms", Run::handoverMs, results);
        if (results.stream().anyMatch(r -> r.yardstick().isPresent())) {
            columns.add(Column.text("to lowest", r -> optional(r.gap(), NumberFormats::percent)));
        }
        return new Table(
                "",
                columns.stream().map(Column::name).toList(),
                results.stream()
                        .map(r -> columns.stream().map(c -> c.cell().apply(r)).toList())
                        .toList());
    }

    /** A column of zeros would only push others out of sight. */
    private static void addUnlessZero(
            List<Column> columns, String name, ToDoubleFunction<Run> value, List<ContenderResult> results) {
        if (results.stream().anyMatch(r -> r.most(value) > 0)) {
            columns.add(Column.median(name, value));
        }
    }

    private static Optional<Interval> spread(ContenderResult result) {
        return Interval.of(result.runs().stream().map(r -> r.summary().meanS()).toList());
    }

    private static Cell deviation(OptionalDouble deviation, double tolerance) {
        boolean met = Math.abs(deviation.orElse(0)) <= tolerance;
        return new Cell(optional(deviation, NumberFormats::percent), deviation.isEmpty() ? "" : met ? "good" : "bad");
    }

    /** Mean responses with a column for each value of each label; empty if no job has labels. */
    static List<Table> labels(ExperimentResult result) {
        SortedSet<String> columns = new TreeSet<>();
        result.policies().forEach(p -> columns.addAll(LabelBreakdown.flat(p).keySet()));
        if (columns.isEmpty()) {
            return List.of();
        }
        boolean swept = result.experiment().variant().isPresent();
        List<List<Cell>> rows = new ArrayList<>();
        for (ContenderResult policy : result.policies()) {
            Map<String, Double> means = LabelBreakdown.flat(policy);
            Stream<String> start = Stream.of(policy.label(), policy.actuator().word());
            Stream<String> value = swept ? Stream.of(variant(policy)) : Stream.of();
            Stream<String> numbers = columns.stream().map(c -> {
                Double mean = means.get(c);
                return mean == null ? UNKNOWN : NumberFormats.plain(mean);
            });
            rows.add(Cell.plain(Stream.of(start, value, numbers).flatMap(s -> s)));
        }
        List<String> head = new ArrayList<>(List.of("policy", "actuator"));
        if (swept) {
            head.add("value");
        }
        head.addAll(columns);
        return List.of(new Table("", head, rows));
    }

    /** The accuracy of each contender's forecasts. */
    static Table forecasts(List<ContenderResult> results) {
        List<List<Cell>> rows = new ArrayList<>();
        for (ContenderResult result : results) {
            if (!result.forecasts().isEmpty()) {
                ForecastAccuracy accuracy = ForecastAccuracy.of(result.forecasts());
                rows.add(Cell.plain(Stream.of(
                        result.label(),
                        result.variant().map(Experiment.Variant::toString).orElse(""),
                        Integer.toString(accuracy.jobs()),
                        optional(accuracy.medianError(), ReportTables::unsigned),
                        optional(accuracy.p90Error(), ReportTables::unsigned),
                        optional(accuracy.p99Error(), ReportTables::unsigned),
                        optional(accuracy.bias(), NumberFormats::percent),
                        optional(accuracy.correlation(), NumberFormats::plain),
                        optional(result.withinForecastRange(), ReportTables::unsigned))));
            }
        }
        return new Table(
                "",
                List.of("policy", "", "jobs", "median error", "p90", "p99", "bias", "correlation", "within p10-p90"),
                rows);
    }

    /** The order of the policies in each replayed run; a table for each policy whose runs were replayed. */
    static List<Table> replays(List<ReplayRanking> rankings) {
        return rankings.stream()
                .map(ranking -> new Table(
                        "Runs under " + ranking.live() + ": right in " + ranking.right() + " of "
                                + ranking.windows().size(),
                        List.of("seed", "measured, seconds", "replayed", "order"),
                        ranking.windows().stream()
                                .map(window -> Cell.plain(Stream.of(
                                        Long.toString(window.seed()),
                                        order(window.measured()),
                                        order(window.replayed()),
                                        window.right() ? "right" : "wrong")))
                                .toList()))
                .toList();
    }

    private static String order(Map<String, Double> means) {
        return means.entrySet().stream()
                .map(e -> e.getKey() + " " + NumberFormats.plain(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String variant(ContenderResult result) {
        return result.variant().map(Experiment.Variant::value).orElse("");
    }

    private static String unsigned(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }

    private static String optional(OptionalDouble number, Function<Double, String> format) {
        return number.isPresent() ? format.apply(number.getAsDouble()) : UNKNOWN;
    }

    private static String optional(@Nullable Double number, Function<Double, String> format) {
        return number == null ? "" : format.apply(number);
    }

    private ReportTables() {}
}
