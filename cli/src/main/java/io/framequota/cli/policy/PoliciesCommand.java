package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.scheduler.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq policies}. */
@Command(
        name = "policies",
        description = "List the policies, or compare what each would have done with recent jobs.",
        footer = {
            "",
            "Examples:",
            "  fq policies",
            "  fq policies --json",
            "  fq policies --shadow --hours 24",
            "  fq policies --accuracy"
        })
public final class PoliciesCommand extends ServerCommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--shadow", description = "Replay the jobs of the last hours through every policy.")
    private boolean shadow;

    @Option(
            names = "--hours",
            paramLabel = "N",
            description = "With --shadow: hours to look back (default: 1, at most 24).")
    private @Nullable Double hours;

    @Option(names = "--accuracy", description = "Show the accuracy of the first forecasts of recent jobs, by policy.")
    private boolean accuracy;

    public PoliciesCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        if (shadow && accuracy) {
            throw Failure.use("--shadow and --accuracy cannot be combined: give one of them");
        }
        if (accuracy) {
            JsonNode answer = client.get("/api/v1/policies/accuracy");
            terminal.print(json ? answer.toString() : AccuracyTable.of(answer));
            return Failure.DONE;
        }
        if (shadow) {
            JsonNode replay = client.get("/api/v1/policies/shadow" + (hours == null ? "" : "?hours=" + hours));
            terminal.print(json ? replay.toString() : ShadowTable.of(replay));
            return Failure.DONE;
        }
        if (hours != null) {
            throw Failure.use("--hours requires --shadow: fq policies --shadow --hours " + hours);
        }
        JsonNode policies = policies(client);
        if (json) {
            terminal.print(policies.toString());
            return Failure.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "WHAT IT DOES"));
        for (JsonNode policy : policies) {
            String name = policy.path("name").asText();
            rows.add(List.of(
                    policy.path("live").asBoolean() ? name + " (live)" : name,
                    policy.path("explanation").asText()));
        }
        terminal.print(Formatting.table(rows));
        return Failure.DONE;
    }

    /** Those of the server, or fq's own where none is named and none runs: a system that is started would have them. */
    private JsonNode policies(ServerClient client) throws InterruptedException {
        try {
            return client.get("/api/v1/policies");
        } catch (Failure e) {
            if (namesServer() || e.exitCode() != Failure.WORK_FAILED) {
                throw e;
            }
            terminal.say("no system runs: these are the policies that fq up and fq detect can use");
            ArrayNode own = JsonNodeFactory.instance.arrayNode();
            Policies.installed()
                    .serving()
                    .forEach(p -> own.addObject()
                            .put("name", p.name())
                            .put("explanation", p.description())
                            .put("live", false));
            return own;
        }
    }
}
