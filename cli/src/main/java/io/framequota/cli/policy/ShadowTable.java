package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.terminal.Formatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats the response of {@code /api/v1/policies/shadow} for people. */
final class ShadowTable {
    /** A table, the accuracy of the replay, and the scheduler's summary; only the summary if nothing was replayed. */
    static String of(JsonNode replay) {
        String sentence = replay.path("sentence").asText();
        JsonNode live = replay.path("live");
        if (!live.isObject()) {
            return sentence;
        }
        String ran = live.path("policy").asText();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "MEAN", "P99", "CHANGE", ""));
        for (JsonNode policy : replay.path("policies")) {
            String name = policy.path("policy").asText();
            rows.add(List.of(
                    name,
                    seconds(policy.path("mean_response_s")),
                    seconds(policy.path("p99_s")),
                    name.equals(ran)
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%+.1f %%",
                                    100 * policy.path("change").asDouble()),
                    note(name.equals(ran), policy.path("refused").asInt())));
        }
        return Formatting.table(rows) + "\n" + replay.path("replayed_jobs").asInt() + " jobs; measured mean "
                + seconds(live.path("measured_mean_s")) + ", replayed " + seconds(live.path("replayed_mean_s"))
                + knowledge(replay) + "\n"
                + sentence;
    }

    private static String knowledge(JsonNode replay) {
        String knowledge = replay.path("knowledge").asText();
        return knowledge.isEmpty() ? "" : "; " + knowledge;
    }

    private static String note(boolean live, int refused) {
        String refusals = refused == 0 ? "" : "refuses " + refused;
        return live ? (refusals.isEmpty() ? "live" : "live, " + refusals) : refusals;
    }

    private static String seconds(JsonNode seconds) {
        return String.format(Locale.ROOT, "%.2f s", seconds.asDouble());
    }

    private ShadowTable() {}
}
