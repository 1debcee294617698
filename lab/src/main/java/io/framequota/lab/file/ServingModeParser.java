package io.framequota.lab.file;

import io.framequota.lab.experiment.ServingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code serving}: names of ways, or names with parameters. A list of values is a way for each of them. */
final class ServingModeParser {
    private static final String ALLOWED = "names of ways of serving, or { name: ..., parameter: ... }";
    private static final List<String> ONE_SERVER =
            Stream.of(ServingMode.Each.values()).map(ServingMode.Each::word).toList();
    private static final List<String> NAMES = Stream.concat(
                    ONE_SERVER.stream(), Stream.of("daemons", "pool", "containers"))
            .toList();

    private static final int MOST_WORKERS = 256;
    private static final int MOST_THREADS = 64;
    private static final int LEAST_MILLI = 10;
    private static final int MOST_MILLI = 1_000_000;
    private static final double DEFAULT_PIECE_MS = 2;

    /** The ways, in the file's order. */
    static List<ServingMode> read(YamlValue value) {
        List<ServingMode> ways = new ArrayList<>();
        value.list(ALLOWED).forEach(v -> ways.addAll(ways(v)));
        return ways;
    }

    private static List<ServingMode> ways(YamlValue value) {
        String name = value.isMapping() ? value.field("name").oneOf(NAMES) : value.oneOf(NAMES);
        return switch (name) {
            case "daemons" -> {
                YamlFields fields = fields(value, "workers");
                yield each(fields.need("workers"), v -> v.whole(1, MOST_WORKERS)).stream()
                        .<ServingMode>map(ServingMode.Daemons::new)
                        .toList();
            }
            case "pool" -> pools(fields(value, "quota", "threads", "spin", "piece_ms"));
            case "containers" -> containers(fields(value, "total", "period_ms"));
            default -> {
                fields(value);
                yield List.of(new ServingMode.OneServer(ServingMode.Each.values()[ONE_SERVER.indexOf(name)]));
            }
        };
    }

    private static List<ServingMode> pools(YamlFields fields) {
        double pieceMs = fields.or("piece_ms", DEFAULT_PIECE_MS, v -> v.number(d -> d >= 1, "a number of at least 1"));
        List<ServingMode> pools = new ArrayList<>();
        for (int quota : each(fields.need("quota"), v -> v.whole(LEAST_MILLI, MOST_MILLI))) {
            for (int threads : each(fields.need("threads"), v -> v.whole(1, MOST_THREADS))) {
                for (boolean spin : each(fields.need("spin"), YamlValue::yes)) {
                    pools.add(new ServingMode.Pool(quota, threads, spin, pieceMs));
                }
            }
        }
        return pools;
    }

    private static List<ServingMode> containers(YamlFields fields) {
        List<Integer> periods = fields.or("period_ms", List.of(100), v -> each(v, p -> p.whole(1, 1000)));
        List<ServingMode> containers = new ArrayList<>();
        for (double total : each(fields.need("total"), YamlValue::above0)) {
            for (int period : periods) {
                containers.add(new ServingMode.Containers(total, period));
            }
        }
        return containers;
    }

    /** The fields of a way, also of one that is only a name. */
    private static YamlFields fields(YamlValue value, String... parameters) {
        return value.isMapping()
                ? value.fields(
                        Stream.concat(Stream.of("name"), Stream.of(parameters)).toList())
                : new YamlFields(value);
    }

    /** A parameter's value, or its values. */
    private static <T> List<T> each(YamlValue value, Function<YamlValue, T> read) {
        List<YamlValue> values = value.isList() ? value.list("values") : List.of(value);
        return values.stream().map(read).toList();
    }

    private ServingModeParser() {}
}
