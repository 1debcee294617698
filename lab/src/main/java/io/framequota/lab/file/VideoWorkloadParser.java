package io.framequota.lab.file;

import io.framequota.lab.experiment.VideoWorkload;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** {@code workload.videos}. Whether the sources are there is looked at where they are needed. */
final class VideoWorkloadParser {
    /** All of them. */
    static final List<String> NAMES =
            List.of("sources", "model", "model_repository", "every", "count", "arrivals", "rate", "sizes");

    private static final int MOST = 1000;
    private static final String SOURCES = "video files beside this one, http(s) URLs or sample:walkers";

    static VideoWorkload read(YamlValue value, Path folder) {
        YamlFields fields = value.fields(NAMES);
        List<VideoWorkload.Named> sources = fields.need("sources").list(SOURCES).stream()
                .map(v -> named(v, SOURCES, folder))
                .toList();
        int count = fields.or("count", sources.size(), v -> v.whole(1, MOST));
        OptionalDouble rate =
                fields.get("rate").stream().mapToDouble(YamlValue::above0).findFirst();
        if (rate.isPresent() && fields.get("arrivals").isPresent()) {
            throw fields.need("rate")
                    .bad("it stands beside arrivals", "either rate, submissions a second, or arrivals");
        }
        return new VideoWorkload(
                repeated(sources, count),
                fields.get("model")
                        .map(v -> named(v, "a model's name", folder))
                        .orElseGet(() -> new VideoWorkload.Named("people", folder, value.place())),
                fields.get("model_repository").map(v -> named(v, "a folder", folder)),
                repeated(fields.or("every", List.of(1), v -> every(v, sources.size())), count),
                fields.or("arrivals", Collections.nCopies(count, 0.0), v -> arrivals(v, count)),
                rate,
                fields.or("sizes", List.of(), v -> repeated(sizes(v, sources.size()), count)));
    }

    /** The list from its beginning again and again, until there are so many. */
    private static <T> List<T> repeated(List<T> list, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> list.get(i % list.size()))
                .toList();
    }

    private static VideoWorkload.Named named(YamlValue value, String allowed, Path folder) {
        return new VideoWorkload.Named(value.text(allowed), folder, value.place());
    }

    private static List<Double> arrivals(YamlValue value, int count) {
        String allowed = "seconds after the start, one for each of the " + count + " requests";
        return numbers(value, count, allowed, v -> v.number(d -> d >= 0, "a number of at least 0"));
    }

    private static List<Integer> every(YamlValue value, int sources) {
        if (!value.isList()) {
            return List.of(value.whole(1, Integer.MAX_VALUE));
        }
        return numbers(
                        value,
                        sources,
                        "a whole number from 1, or one for each of the sources",
                        v -> v.whole(1, Integer.MAX_VALUE))
                .stream()
                .map(Double::intValue)
                .toList();
    }

    private static List<Double> sizes(YamlValue value, int sources) {
        return numbers(value, sources, "CPU seconds at one core, one for each of the sources", YamlValue::above0);
    }

    private static List<Double> numbers(
            YamlValue value, int count, String allowed, java.util.function.ToDoubleFunction<YamlValue> read) {
        List<YamlValue> values = value.list(allowed);
        if (values.size() != count) {
            throw value.bad("it has " + values.size() + " numbers, not " + count, allowed);
        }
        return values.stream().mapToDouble(read).boxed().toList();
    }

    private VideoWorkloadParser() {}
}
