package io.framequota.lab.file;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The fields of a mapping, by name, in the file's order. */
final class YamlFields {
    private final YamlValue owner;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();

    /** A field with its name. */
    record Entry(String name, YamlValue value) {}

    YamlFields(YamlValue owner) {
        this.owner = owner;
    }

    /** Adds a field; false when it is there already. */
    boolean put(String name, YamlValue value) {
        return values.putIfAbsent(name, value) == null;
    }

    /** The one field that is there of some of which there must be exactly one. */
    Entry only(List<String> names) {
        List<Entry> there = values.entrySet().stream()
                .filter(e -> names.contains(e.getKey()))
                .map(e -> new Entry(e.getKey(), e.getValue()))
                .toList();
        if (there.size() != 1) {
            throw owner.bad(
                    "it has " + there.size() + " of these fields", "exactly one of " + String.join(", ", names));
        }
        return there.getFirst();
    }

    Optional<YamlValue> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A field that must be there. */
    YamlValue need(String name) {
        return get(name).orElseThrow(() -> owner.bad("the field " + name + " is missing", "it must be given"));
    }

    /** A field's value, or what it is when it is not given. */
    <T> T or(String name, T otherwise, Function<YamlValue, T> read) {
        return get(name).map(read).orElse(otherwise);
    }

    Map<String, YamlValue> all() {
        return Map.copyOf(values);
    }
}
