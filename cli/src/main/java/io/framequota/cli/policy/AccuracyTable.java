package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.terminal.Formatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats the response of {@code /api/v1/policies/accuracy} for people. */
final class AccuracyTable {
    /** A row for each policy and one for all jobs, or a sentence when no job with a forecast has ended. */
    static String of(JsonNode answer) {
        if (answer.path("jobs").asInt() == 0) {
            return "no job with a forecast has ended yet";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "JOBS", "MEDIAN ERROR", "P90", "P99", "BIAS", "CORRELATION"));
        answer.path("policies").forEach(p -> rows.add(row(p.path("policy").asText(), p)));
        rows.add(row("all", answer));
        return Formatting.table(rows);
    }

    private static List<String> row(String name, JsonNode accuracy) {
        JsonNode correlation = accuracy.path("correlation");
        return List.of(
                name,
                accuracy.path("jobs").asText(),
                percent(accuracy.path("median_error"), "%.1f %%"),
                percent(accuracy.path("p90_error"), "%.1f %%"),
                percent(accuracy.path("p99_error"), "%.1f %%"),
                percent(accuracy.path("bias"), "%+.1f %%"),
                correlation.isNumber() ? String.format(Locale.ROOT, "%.3f", correlation.asDouble()) : "-");
    }

    private static String percent(JsonNode value, String form) {
        return value.isNumber() ? String.format(Locale.ROOT, form, 100 * value.asDouble()) : "-";
    }

    private AccuracyTable() {}
}
