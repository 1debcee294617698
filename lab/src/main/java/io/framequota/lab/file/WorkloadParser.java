package io.framequota.lab.file;

import io.framequota.lab.experiment.RequestKind;
import io.framequota.scheduler.simulator.SizeDistribution;
import io.framequota.scheduler.simulator.Workload;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code workload}. */
final class WorkloadParser {
    private static final List<String> FORMS = List.of("batch", "poisson", "trace", "videos");
    private static final List<String> FIELDS =
            Stream.concat(FORMS.stream(), Stream.of("kind")).toList();
    private static final List<String> GROUP_FIELDS = List.of("sizes", "size", "rate", "count", "file", "labels");
    private static final String GROUPS = "a group of jobs, or a list of such";
    private static final int MOST_EQUAL = 1_000_000;
    /** Of each job its response time is kept to the end: 80 MB, and {@code fq} has 192. */
    private static final int MOST_JOBS = 10_000_000;

    /** The workload; a trace's file is looked for beside the experiment's. */
    static Workload read(YamlValue value, Path folder) {
        YamlFields.Entry form = form(value);
        return switch (form.name()) {
            case "batch" -> groups(form.value(), WorkloadParser::batch);
            case "poisson" -> groups(form.value(), WorkloadParser::poisson);
            case "trace" -> TraceFile.read(form.value(), folder);
            default -> VideoWorkloadParser.read(form.value(), folder);
        };
    }

    /** The name of the file that the workload is in, beside the experiment's, if it is in one. */
    static Optional<String> file(YamlValue value) {
        YamlFields.Entry form = form(value);
        return form.name().equals("trace") ? Optional.of(TraceFile.file(form.value())) : Optional.empty();
    }

    /** The workload as people read it. */
    static String words(YamlValue value) {
        YamlFields.Entry form = form(value);
        List<String> known = form.name().equals("videos") ? VideoWorkloadParser.NAMES : GROUP_FIELDS;
        return form.name() + ": "
                + (form.value().isList()
                        ? form.value().list(GROUPS).stream()
                                .map(v -> words(v, known))
                                .collect(Collectors.joining("; "))
                        : words(form.value(), known));
    }

    private static String words(YamlValue group, List<String> known) {
        Map<String, YamlValue> fields = group.isMapping() ? group.fields(known).all() : Map.of();
        return fields.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + " " + YamlText.words(e.getValue().node()))
                .collect(Collectors.joining(", "));
    }

    /** One group of jobs or a list of such, each with labels of its own. */
    private static Workload groups(YamlValue value, Function<YamlValue, Workload> read) {
        List<YamlValue> groups = value.isList() ? value.list(GROUPS) : List.of(value);
        List<Workload> parts = groups.stream()
                .map(v -> {
                    Workload jobs = read.apply(v);
                    return jobs.labelled(v.fields(GROUP_FIELDS).or("labels", Map.of(), LabelParser::read));
                })
                .toList();
        if (parts.stream().mapToLong(Workload::count).sum() > MOST_JOBS) {
            throw value.bad("its groups have more than " + MOST_JOBS + " jobs", "up to so many together");
        }
        return Workload.merged(parts);
    }

    /** What a way of serving finds the requests do; empty where the file does not say. */
    static Optional<RequestKind> kind(YamlValue value) {
        List<String> words =
                Stream.of(RequestKind.values()).map(RequestKind::word).toList();
        return value.fields(FIELDS).get("kind").map(v -> RequestKind.values()[words.indexOf(v.oneOf(words))]);
    }

    private static YamlFields.Entry form(YamlValue value) {
        return value.fields(FIELDS).only(FORMS);
    }

    private static Workload batch(YamlValue value) {
        YamlFields fields = value.fields(List.of("sizes", "size", "count", "labels"));
        if (fields.get("count").isPresent()) {
            if (fields.get("sizes").isPresent()) {
                throw value.bad("both sizes and count are given", "sizes, or size and count");
            }
            int count = fields.need("count").whole(1, MOST_EQUAL);
            return Workload.batch(Collections.nCopies(count, fields.need("size").above0()));
        }
        return Workload.batch(fields.need("sizes").list("CPU seconds at one core").stream()
                .map(YamlValue::above0)
                .toList());
    }

    private static Workload poisson(YamlValue value) {
        YamlFields fields = value.fields(List.of("rate", "sizes", "count", "labels"));
        return Workload.poisson(
                fields.need("rate").above0(),
                sizes(fields.need("sizes")),
                fields.need("count").whole(1, MOST_JOBS));
    }

    private static SizeDistribution sizes(YamlValue value) {
        YamlFields.Entry form = value.only(List.of("exponential", "uniform", "constant", "pareto"));
        YamlValue of = form.value();
        return switch (form.name()) {
            case "exponential" -> new SizeDistribution.Exponential(of.above0());
            case "constant" -> new SizeDistribution.Constant(of.above0());
            case "pareto" -> {
                YamlFields fields = of.fields(List.of("alpha", "min"));
                yield new SizeDistribution.Pareto(
                        fields.need("alpha").above0(), fields.need("min").above0());
            }
            default -> {
                List<YamlValue> bounds = of.list("two numbers [a, b]");
                if (bounds.size() != 2) {
                    throw of.bad("it has " + bounds.size() + " numbers", "two numbers [a, b] with 0 <= a < b");
                }
                double least = bounds.get(0).number(d -> d >= 0, "a number of at least 0");
                yield new SizeDistribution.Uniform(
                        least, bounds.get(1).number(d -> d > least, "a number above the first"));
            }
        };
    }

    private WorkloadParser() {}
}
