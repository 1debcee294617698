package io.framequota.scheduler.experiment.file;

import io.framequota.scheduler.experiment.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code serving}: names of ways, or names with parameters. A list of values is a way for each of them. */
final class Ways {
    private static final String ALLOWED = "names of ways of serving, or { name: ..., parameter: ... }";
    private static final List<String> ONE_SERVER =
            Stream.of(Way.Each.values()).map(Way.Each::word).toList();
    private static final List<String> NAMES = Stream.concat(
                    ONE_SERVER.stream(), Stream.of("daemons", "pool", "containers"))
            .toList();

    private static final int MOST_WORKERS = 256;
    private static final int MOST_THREADS = 64;
    private static final int LEAST_MILLI = 10;
    private static final int MOST_MILLI = 1_000_000;
    private static final double DEFAULT_PIECE_MS = 2;

    /** The ways, in the file's order. */
    static List<Way> read(Value value) {
        List<Way> ways = new ArrayList<>();
        value.list(ALLOWED).forEach(v -> ways.addAll(ways(v)));
        return ways;
    }

    private static List<Way> ways(Value value) {
        String name = value.isMapping() ? value.field("name").oneOf(NAMES) : value.oneOf(NAMES);
        return switch (name) {
            case "daemons" -> {
                Fields fields = fields(value, "workers");
                yield each(fields.need("workers"), v -> v.whole(1, MOST_WORKERS)).stream()
                        .<Way>map(Way.Daemons::new)
                        .toList();
            }
            case "pool" -> pools(fields(value, "quota", "threads", "spin", "piece_ms"));
            case "containers" -> containers(fields(value, "total", "period_ms"));
            default -> {
                fields(value);
                yield List.of(new Way.OneServer(Way.Each.values()[ONE_SERVER.indexOf(name)]));
            }
        };
    }

    private static List<Way> pools(Fields fields) {
        double pieceMs = fields.or("piece_ms", DEFAULT_PIECE_MS, v -> v.number(d -> d >= 1, "a number of at least 1"));
        List<Way> pools = new ArrayList<>();
        for (int quota : each(fields.need("quota"), v -> v.whole(LEAST_MILLI, MOST_MILLI))) {
            for (int threads : each(fields.need("threads"), v -> v.whole(1, MOST_THREADS))) {
                for (boolean spin : each(fields.need("spin"), Value::yes)) {
                    pools.add(new Way.Pool(quota, threads, spin, pieceMs));
                }
            }
        }
        return pools;
    }

    private static List<Way> containers(Fields fields) {
        List<Integer> periods = fields.or("period_ms", List.of(100), v -> each(v, p -> p.whole(1, 1000)));
        List<Way> containers = new ArrayList<>();
        for (double total : each(fields.need("total"), Value::above0)) {
            for (int period : periods) {
                containers.add(new Way.Containers(total, period));
            }
        }
        return containers;
    }

    /** The fields of a way, also of one that is only a name. */
    private static Fields fields(Value value, String... parameters) {
        return value.isMapping()
                ? value.fields(
                        Stream.concat(Stream.of("name"), Stream.of(parameters)).toList())
                : new Fields(value);
    }

    /** A parameter's value, or its values. */
    private static <T> List<T> each(Value value, Function<Value, T> read) {
        List<Value> values = value.isList() ? value.list("values") : List.of(value);
        return values.stream().map(read).toList();
    }

    private Ways() {}
}
