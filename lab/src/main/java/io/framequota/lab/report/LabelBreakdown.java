package io.framequota.lab.report;

import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Run;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Mean responses of jobs by their labels, as far as the single jobs of the runs are kept. */
final class LabelBreakdown {
    /** Labels with more values, such as a deadline for each job, are left out. */
    private static final int MOST_VALUES = 12;

    /** Label to value to the median over the runs of the mean response of jobs with it, in seconds. */
    static SortedMap<String, SortedMap<String, Double>> means(ContenderResult result) {
        SortedMap<String, SortedMap<String, Double>> means = new TreeMap<>();
        values(result).forEach((label, values) -> {
            if (values.size() <= MOST_VALUES) {
                SortedMap<String, Double> byValue = new TreeMap<>();
                values.forEach(v -> byValue.put(v, result.median(run -> mean(run, label, v))));
                means.put(label, byValue);
            }
        });
        return means;
    }

    /** The values of each label that jobs have in every run. */
    private static Map<String, SortedSet<String>> values(ContenderResult result) {
        Map<String, SortedSet<String>> values = new TreeMap<>();
        result.runs().stream()
                .flatMap(r -> r.jobs().stream())
                .flatMap(j -> j.labels().entrySet().stream())
                .forEach(e ->
                        values.computeIfAbsent(e.getKey(), l -> new TreeSet<>()).add(e.getValue()));
        values.forEach((label, of) -> of.removeIf(v ->
                result.runs().stream().anyMatch(r -> r.jobs().stream().noneMatch(has(label, v)))));
        values.values().removeIf(SortedSet::isEmpty);
        return values;
    }

    private static Predicate<Run.JobRun> has(String label, String value) {
        return job -> value.equals(job.labels().get(label));
    }

    private static double mean(Run run, String label, String value) {
        return run.jobs().stream().filter(has(label, value)).collect(Collectors.averagingDouble(Run.JobRun::responseS));
    }

    /** The same with label and value in one name. */
    static Map<String, Double> flat(ContenderResult result) {
        Map<String, Double> flat = new TreeMap<>();
        means(result).forEach((label, values) -> values.forEach((value, mean) -> flat.put(label + " " + value, mean)));
        return flat;
    }

    private LabelBreakdown() {}
}
