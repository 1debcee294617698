package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads {@code serving}, and checks the fields that may be given together with it. */
final class ServingParser {
    /** These fields are about shares, which the operating system decides here. */
    private static final List<String> FOR_POLICIES = List.of("budget", "scale", "actuator", "speedup", "simulate");

    private static final int MOST_REQUESTS = 10_000;
    private static final int MOST_CONTAINERS = 256;
    private static final double DEFAULT_PIECE_MS = 2;

    /**
     * The ways of serving; empty if policies are compared.
     *
     * @throws InvalidExperimentException if other fields of the file have no meaning there
     */
    static Optional<ServingComparison> read(YamlValue root, Speedup speedup, Workload requests) {
        YamlValue workload = root.need("workload");
        Optional<RequestKind> kind =
                workload.get("kind").map(v -> RequestKind.valueOf(v.text().toUpperCase(Locale.ROOT)));
        Optional<YamlValue> serving = root.get("serving");
        if (serving.isEmpty()) {
            if (kind.isPresent()) {
                throw workload.invalid("kind is for ways of serving", "kind together with serving");
            }
            return Optional.empty();
        }
        List<ServingMode> modes =
                serving.get().elements().stream().flatMap(ServingParser::modes).toList();
        checkRequests(workload, kind, requests, modes);
        boolean pools = modes.stream().allMatch(ServingMode.Pool.class::isInstance);
        checkOtherFields(root, speedup, pools);
        return Optional.of(new ServingComparison(kind.orElse(RequestKind.COMPUTING), modes));
    }

    private static void checkRequests(
            YamlValue workload, Optional<RequestKind> kind, Workload requests, List<ServingMode> modes) {
        if (requests instanceof VideoWorkload) {
            throw workload.invalid("videos are for policies", "batch, poisson, trace");
        }
        if (kind.filter(RequestKind.WAITING::equals).isPresent()
                && modes.stream().anyMatch(ServingMode::limited)) {
            throw workload.invalid("waiting requests need no quota", "kind: computing with pool and containers");
        }
        if (!requests.streams().isEmpty()) {
            throw workload.invalid("streams have reservations of a scheduler", "streams together with policies");
        }
        int count = requests.count();
        if (count > MOST_REQUESTS) {
            throw workload.invalid(count + " requests are too many to serve", "up to " + MOST_REQUESTS);
        }
        if (count > MOST_CONTAINERS && modes.stream().anyMatch(ServingMode.Containers.class::isInstance)) {
            throw workload.invalid(count + " requests are too many for a container each", "up to " + MOST_CONTAINERS);
        }
    }

    private static void checkOtherFields(YamlValue root, Speedup speedup, boolean pools) {
        for (String field : FOR_POLICIES) {
            Optional<YamlValue> value = root.get(field);
            if (value.isEmpty()) {
                continue;
            }
            if (!pools || !field.equals("speedup")) {
                throw value.get().invalid("the field is for policies", "serving without " + field);
            }
            if (!(speedup instanceof Speedup.Linear || speedup instanceof Speedup.Amdahl)) {
                throw value.get().invalid("a pool has a serial and a parallel part", "linear, { amdahl: 0.9 }");
            }
        }
    }

    /** One mode for each combination of the listed parameters. */
    private static Stream<ServingMode> modes(YamlValue value) {
        String name = value.isMapping() ? value.need("name").text() : value.text();
        return switch (name) {
            case "daemons" -> each(value, "workers", YamlValue::whole).map(ServingMode.Daemons::new);
            case "pool" -> pools(value).stream();
            case "containers" -> {
                List<Integer> periods = value.or(
                        "period_ms",
                        List.of(100),
                        v -> v.elements().stream().map(YamlValue::whole).toList());
                yield each(value, "total", YamlValue::number)
                        .flatMap(total -> periods.stream().map(period -> new ServingMode.Containers(total, period)));
            }
            default ->
                Stream.of(ServingMode.ExecutionModel.values())
                        .filter(each -> each.word().equals(name))
                        .map(ServingMode.OneServer::new);
        };
    }

    private static List<ServingMode> pools(YamlValue value) {
        double pieceMs = value.or("piece_ms", DEFAULT_PIECE_MS, YamlValue::number);
        List<ServingMode> pools = new ArrayList<>();
        each(value, "quota", YamlValue::whole)
                .forEach(quota -> each(value, "threads", YamlValue::whole)
                        .forEach(threads -> each(value, "spin", v -> v.text().equals("true"))
                                .forEach(spin -> pools.add(new ServingMode.Pool(quota, threads, spin, pieceMs)))));
        return pools;
    }

    /** The values of a parameter, which may be one or a list. */
    private static <T> Stream<T> each(YamlValue value, String parameter, Function<YamlValue, T> read) {
        return value.need(parameter).elements().stream().map(read);
    }

    private ServingParser() {}
}
