package io.framequota.scheduler.experiment.file;

import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Kind;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.SizeDistribution;
import io.framequota.scheduler.simulator.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code workload}. */
final class Workloads {
    private static final List<String> FORMS = List.of("batch", "poisson", "trace", "videos");
    private static final List<String> FIELDS =
            Stream.concat(FORMS.stream(), Stream.of("kind")).toList();
    private static final int MOST_EQUAL = 1_000_000;
    private static final String HEADER = "arrival_s,size_cpu_s";

    /** The workload; a trace's file is looked for beside the experiment's. */
    static Workload read(Value value, Path folder) {
        Fields.Entry form = form(value);
        return switch (form.name()) {
            case "batch" -> batch(form.value());
            case "poisson" -> poisson(form.value());
            case "trace" -> trace(form.value(), folder);
            default -> VideoFields.read(form.value(), folder);
        };
    }

    /** The workload as people read it. */
    static String words(Value value) {
        Fields.Entry form = form(value);
        List<String> known =
                form.name().equals("videos") ? VideoFields.NAMES : List.of("sizes", "size", "rate", "count", "file");
        Map<String, Value> fields =
                form.value().isMapping() ? form.value().fields(known).all() : Map.of();
        return form.name() + ": "
                + fields.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(e -> e.getKey() + " " + Plain.words(e.getValue().node()))
                        .collect(Collectors.joining(", "));
    }

    /** What a way of serving finds the requests do; empty where the file does not say. */
    static Optional<Kind> kind(Value value) {
        List<String> words = Stream.of(Kind.values()).map(Kind::word).toList();
        return value.fields(FIELDS).get("kind").map(v -> Kind.values()[words.indexOf(v.oneOf(words))]);
    }

    private static Fields.Entry form(Value value) {
        return value.fields(FIELDS).only(FORMS);
    }

    private static Workload batch(Value value) {
        Fields fields = value.fields(List.of("sizes", "size", "count"));
        if (fields.get("count").isPresent()) {
            if (fields.get("sizes").isPresent()) {
                throw value.bad("both sizes and count are given", "sizes, or size and count");
            }
            int count = fields.need("count").whole(1, MOST_EQUAL);
            return Workload.batch(Collections.nCopies(count, fields.need("size").above0()));
        }
        return Workload.batch(fields.need("sizes").list("CPU seconds at one core").stream()
                .map(Value::above0)
                .toList());
    }

    private static Workload poisson(Value value) {
        Fields fields = value.fields(List.of("rate", "sizes", "count"));
        return Workload.poisson(
                fields.need("rate").above0(),
                sizes(fields.need("sizes")),
                fields.need("count").whole(1, 100_000_000));
    }

    private static SizeDistribution sizes(Value value) {
        Fields.Entry form = value.only(List.of("exponential", "uniform", "constant", "pareto"));
        Value of = form.value();
        return switch (form.name()) {
            case "exponential" -> new SizeDistribution.Exponential(of.above0());
            case "constant" -> new SizeDistribution.Constant(of.above0());
            case "pareto" -> {
                Fields fields = of.fields(List.of("alpha", "min"));
                yield new SizeDistribution.Pareto(
                        fields.need("alpha").above0(), fields.need("min").above0());
            }
            default -> {
                List<Value> bounds = of.list("two numbers [a, b]");
                if (bounds.size() != 2) {
                    throw of.bad("it has " + bounds.size() + " numbers", "two numbers [a, b] with 0 <= a < b");
                }
                double least = bounds.get(0).number(d -> d >= 0, "a number of at least 0");
                yield new SizeDistribution.Uniform(
                        least, bounds.get(1).number(d -> d > least, "a number above the first"));
            }
        };
    }

    private static Workload trace(Value value, Path folder) {
        Value name = value.fields(List.of("file")).need("file");
        Path file = folder.resolve(name.text("a CSV file's name"));
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw name.bad("there is no readable file " + name.shown() + " beside the experiment", "a CSV file");
        }
        if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
            throw new BadExperimentException(
                    name.text("a name") + ":1: the first line is not the header; allowed: " + HEADER);
        }
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                arrivals.add(arrival(name, lines.get(i), i));
            }
        }
        return Workload.trace(arrivals);
    }

    private static Arrival arrival(Value name, String line, int index) {
        String[] columns = line.split(",", -1);
        try {
            if (columns.length == 2) {
                return new Arrival(
                        index,
                        Double.parseDouble(columns[0].strip()),
                        Double.parseDouble(columns[1].strip()),
                        Map.of());
            }
        } catch (IllegalArgumentException e) {
            // Answered below: both a word and a number that is not allowed.
        }
        throw new BadExperimentException(name.text("a name") + ":" + (index + 1) + ": " + HEADER + ": '" + line
                + "' is not an arrival; allowed: seconds of at least 0, a size above 0");
    }

    private Workloads() {}
}
