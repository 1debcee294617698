package io.framequota.lab.file;

import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.simulator.SimulatedStream;
import io.framequota.scheduler.simulator.SizeDistribution;
import io.framequota.scheduler.simulator.Workload;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads {@code workload}. */
final class WorkloadParser {
    private static final List<String> FORMS = List.of("batch", "poisson", "trace", "videos");
    /** Beside one of {@link #FORMS}. */
    static final String STREAMS = "streams";

    /** Each job's response time is kept to the end: 80 MB, and {@code fq} has 192 MB. */
    private static final int MOST_JOBS = 10_000_000;

    /** The workload; files that it names are relative to the folder. */
    static Workload read(YamlValue workload, Path folder) {
        String form = workload.oneOf(FORMS);
        YamlValue value = workload.need(form);
        Workload jobs = switch (form) {
            case "batch" -> groups(value, WorkloadParser::batch);
            case "poisson" -> groups(value, WorkloadParser::poisson);
            case "trace" -> TraceFile.read(value.need("file"), folder);
            default -> videos(value, folder);
        };
        Optional<YamlValue> streams = workload.get(STREAMS);
        if (streams.isPresent() && jobs instanceof VideoWorkload) {
            throw streams.get()
                    .invalid("videos run in a whole system, streams in the simulator", "batch, poisson, trace");
        }
        return streams.isEmpty()
                ? jobs
                : jobs.beside(streams.get().elements().stream()
                        .map(WorkloadParser::stream)
                        .toList());
    }

    private static SimulatedStream stream(YamlValue value) {
        double fromS = value.or("from_s", 0.0, YamlValue::number);
        double toS = value.or("to_s", Double.POSITIVE_INFINITY, YamlValue::number);
        if (toS <= fromS) {
            throw value.need("to_s").invalid("it is not after from_s", "a number above from_s");
        }
        return new SimulatedStream(
                value.need("fps").number(),
                value.or("every", 1, YamlValue::whole),
                value.need("cost_ms").number(),
                fromS,
                toS);
    }

    /** The workload in words, for the report. */
    static String words(YamlValue workload) {
        String form = workload.oneOf(FORMS);
        return words(form, workload.need(form))
                + workload.get(STREAMS)
                        .map(streams -> "; beside " + words(STREAMS, streams))
                        .orElse("");
    }

    private static String words(String form, YamlValue value) {
        return value.elements().stream()
                .map(group -> new TreeMap<>(group.fields())
                        .entrySet().stream()
                                .map(e -> e.getKey() + " " + e.getValue().words())
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; ", form + ": ", ""));
    }

    private static Workload groups(YamlValue value, Function<YamlValue, Workload> read) {
        List<Workload> parts = value.elements().stream()
                .map(group -> read.apply(group).labelled(group.or("labels", Map.of(), WorkloadParser::labels)))
                .toList();
        if (parts.stream().mapToLong(Workload::count).sum() > MOST_JOBS) {
            throw value.invalid("its groups have more than " + MOST_JOBS + " jobs", "up to " + MOST_JOBS + " together");
        }
        return Workload.merged(parts);
    }

    private static Map<String, String> labels(YamlValue value) {
        return value.fields().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().text()));
    }

    private static Workload batch(YamlValue group) {
        if (group.get("count").isEmpty()) {
            return Workload.batch(numbers(group.need("sizes")));
        }
        if (group.get("sizes").isPresent()) {
            throw group.invalid("both sizes and count are given", "sizes, or size and count");
        }
        return Workload.batch(Collections.nCopies(
                group.need("count").whole(), group.need("size").number()));
    }

    private static Workload poisson(YamlValue group) {
        return Workload.poisson(
                group.need("rate").number(),
                sizes(group.need("sizes")),
                group.need("count").whole());
    }

    private static SizeDistribution sizes(YamlValue value) {
        String form = value.oneOf(List.of("exponential", "uniform", "constant", "pareto"));
        YamlValue parameter = value.need(form);
        return switch (form) {
            case "exponential" -> new SizeDistribution.Exponential(parameter.number());
            case "constant" -> new SizeDistribution.Constant(parameter.number());
            case "pareto" ->
                new SizeDistribution.Pareto(
                        parameter.need("alpha").number(), parameter.need("min").number());
            default -> {
                List<Double> bounds = numbers(parameter);
                if (bounds.get(0) >= bounds.get(1)) {
                    throw parameter.elements().get(1).invalid("it is not above the first", "a number above the first");
                }
                yield new SizeDistribution.Uniform(bounds.get(0), bounds.get(1));
            }
        };
    }

    /** Videos. Whether the sources exist is checked where they are used. */
    private static VideoWorkload videos(YamlValue value, Path folder) {
        List<VideoWorkload.Named> sources = value.need("sources").elements().stream()
                .map(v -> named(v, folder))
                .toList();
        int count = value.or("count", sources.size(), YamlValue::whole);
        if (value.get("rate").isPresent() && value.get("arrivals").isPresent()) {
            throw value.need("rate").invalid("both rate and arrivals are given", "rate or arrivals");
        }
        return new VideoWorkload(
                repeated(sources, count),
                value.get("model")
                        .map(v -> named(v, folder))
                        .orElseGet(() -> new VideoWorkload.Named("people", folder, value.position())),
                value.get("model_repository").map(v -> named(v, folder)),
                repeated(value.or("every", List.of(1), v -> every(v, sources.size())), count),
                value.or("arrivals", Collections.nCopies(count, 0.0), v -> numbers(v, count, "request")),
                value.get("rate").stream().mapToDouble(YamlValue::number).findFirst(),
                value.or("sizes", List.of(), v -> repeated(numbers(v, sources.size(), "source"), count)));
    }

    private static List<Integer> every(YamlValue value, int sources) {
        return value.isList()
                ? numbers(value, sources, "source").stream()
                        .map(Double::intValue)
                        .toList()
                : List.of(value.whole());
    }

    private static VideoWorkload.Named named(YamlValue value, Path folder) {
        return new VideoWorkload.Named(value.text(), folder, value.position());
    }

    private static <T> List<T> repeated(List<T> list, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> list.get(i % list.size()))
                .toList();
    }

    private static List<Double> numbers(YamlValue value, int count, String each) {
        List<Double> numbers = numbers(value);
        if (numbers.size() != count) {
            throw value.invalid("it has " + numbers.size() + " numbers, not " + count, "one number for each " + each);
        }
        return numbers;
    }

    private static List<Double> numbers(YamlValue value) {
        return value.elements().stream().map(YamlValue::number).toList();
    }

    private WorkloadParser() {}
}
