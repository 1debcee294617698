package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Workload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code workload.trace}: a file of arrivals, one a line; columns after the first two are labels. */
final class TraceFile {
    private static final String HEADER = "arrival_s,size_cpu_s";
    /** Every arrival is kept, with its labels. */
    private static final int MOST_ARRIVALS = 500_000;

    private final String name;
    private final List<String> labels;
    private final List<Arrival> arrivals = new ArrayList<>();
    /** Equal labels of many jobs are kept once. */
    private final Map<Map<String, String>, Map<String, String>> known = new HashMap<>();

    private TraceFile(String name, List<String> labels) {
        this.name = name;
        this.labels = labels;
    }

    /** The file's name. */
    static String file(YamlValue value) {
        return name(value).text("a CSV file's name");
    }

    private static YamlValue name(YamlValue value) {
        return value.fields(List.of("file")).need("file");
    }

    /** Reads a file that lies beside the experiment's. */
    static Workload read(YamlValue value, Path folder) {
        String text = file(value);
        try (BufferedReader in = new BufferedReader(new StringReader(Utf8File.read(folder.resolve(text), text)))) {
            TraceFile trace = new TraceFile(text, labels(text, in.readLine()));
            int line = 1;
            for (String row = in.readLine(); row != null; row = in.readLine()) {
                line++;
                if (!row.isBlank()) {
                    trace.add(row, line);
                }
            }
            return Workload.trace(trace.arrivals);
        } catch (IOException e) {
            YamlValue name = name(value);
            throw name.bad("there is no readable file " + name.shown() + " beside the experiment", "a CSV file");
        }
    }

    private static List<String> labels(String name, @Nullable String header) {
        String line = header == null ? "" : header.strip();
        if (!line.equals(HEADER) && !line.startsWith(HEADER + ",")) {
            throw new InvalidExperimentException(name + ":1: the first line is not the header; allowed: " + HEADER
                    + ", and after that names of labels");
        }
        List<String> columns = List.of(line.split(",", -1));
        return columns.subList(2, columns.size()).stream().map(String::strip).toList();
    }

    private void add(String row, int line) {
        if (arrivals.size() == MOST_ARRIVALS) {
            throw new InvalidExperimentException(
                    name + ":" + line + ": there are more arrivals; allowed: up to " + MOST_ARRIVALS);
        }
        String[] columns = row.split(",", -1);
        try {
            if (columns.length == 2 + labels.size()) {
                arrivals.add(new Arrival(
                        arrivals.size() + 1L,
                        Double.parseDouble(columns[0].strip()),
                        Double.parseDouble(columns[1].strip()),
                        labels(columns)));
                return;
            }
        } catch (IllegalArgumentException e) {
            // Answered below: both a word and a number that is not allowed.
        }
        String given = labels.isEmpty() ? "" : "," + String.join(",", labels);
        throw new InvalidExperimentException(name + ":" + line + ": " + HEADER + given + ": '" + row
                + "' is not an arrival; allowed: seconds of at least 0, a size above 0"
                + (labels.isEmpty() ? "" : ", a value or nothing for each label, weight and deadline above 0"));
    }

    private Map<String, String> labels(String[] columns) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            String label = columns[i + 2].strip();
            if (!label.isEmpty()) {
                if (!LabelParser.allowed(labels.get(i), label)) {
                    throw new IllegalArgumentException(label);
                }
                given.put(labels.get(i), label);
            }
        }
        return known.computeIfAbsent(Map.copyOf(given), m -> m);
    }
}
