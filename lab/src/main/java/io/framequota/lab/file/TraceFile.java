package io.framequota.lab.file;

import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.scheduler.policy.SchedulingLabels;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads {@code workload.trace}: a CSV file with one arrival a line; columns after the first two are labels. */
final class TraceFile {
    private static final List<String> HEADER = List.of("arrival_s", "size_cpu_s");
    /** Every arrival is kept, with its labels. */
    private static final int MOST_ARRIVALS = 500_000;

    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setTrim(true).setIgnoreEmptyLines(true).get();

    private final String name;
    private final List<String> columns;
    private final List<Arrival> arrivals = new ArrayList<>();
    /** Equal labels of many jobs are kept once. */
    private final Map<Map<String, String>, Map<String, String>> labelSets = new HashMap<>();

    private TraceFile(String name, List<String> columns) {
        this.name = name;
        this.columns = columns;
    }

    /** Reads the file, whose name is relative to the folder. */
    static Workload read(YamlValue file, Path folder) {
        String name = file.text();
        try (CSVParser rows = CSVParser.parse(Utf8File.read(folder.resolve(name), name), FORMAT)) {
            Iterator<CSVRecord> records = rows.iterator();
            TraceFile trace = new TraceFile(
                    name, columns(name, records.hasNext() ? records.next().toList() : List.of()));
            while (records.hasNext()) {
                List<String> row = records.next().toList();
                if (!row.stream().allMatch(String::isEmpty)) {
                    trace.add(row, rows.getCurrentLineNumber());
                }
            }
            return Workload.trace(trace.arrivals);
        } catch (IOException | UncheckedIOException e) {
            throw file.invalid(
                    "there is no readable CSV file " + file.quoted() + " beside the experiment", "a CSV file");
        }
    }

    private static List<String> columns(String name, List<String> header) {
        if (header.size() < 2 || !header.subList(0, 2).equals(HEADER)) {
            throw new InvalidExperimentException(name + ":1: the first line is not the header; allowed: "
                    + String.join(",", HEADER) + ", and after that names of labels");
        }
        return List.copyOf(header);
    }

    private void add(List<String> row, long line) {
        if (arrivals.size() == MOST_ARRIVALS) {
            throw new InvalidExperimentException(
                    name + ":" + line + ": there are more arrivals; allowed: up to " + MOST_ARRIVALS);
        }
        try {
            if (row.size() == columns.size()) {
                arrivals.add(new Arrival(
                        arrivals.size() + 1L,
                        Double.parseDouble(row.get(0)),
                        Double.parseDouble(row.get(1)),
                        labels(row)));
                return;
            }
        } catch (IllegalArgumentException e) {
            // No number, or a number that is not allowed: reported below.
        }
        boolean labelled = columns.size() > 2;
        throw new InvalidExperimentException(name + ":" + line + ": " + String.join(",", columns) + ": '"
                + String.join(",", row) + "' is not an arrival; allowed: seconds of at least 0, a size above 0"
                + (labelled ? ", a value or nothing for each label, weight and deadline above 0" : ""));
    }

    private Map<String, String> labels(List<String> row) {
        Map<String, String> labels = new HashMap<>();
        for (int i = 2; i < row.size(); i++) {
            String label = columns.get(i);
            if (!row.get(i).isEmpty()) {
                boolean number = label.equals(SchedulingLabels.WEIGHT) || label.equals(SchedulingLabels.DEADLINE);
                if (number && !(Double.parseDouble(row.get(i)) > 0)) {
                    throw new IllegalArgumentException(label);
                }
                labels.put(label, row.get(i));
            }
        }
        return labelSets.computeIfAbsent(Map.copyOf(labels), m -> m);
    }
}
