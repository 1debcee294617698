package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.client.ServerClient;
import io.framequota.cli.jobs.ServerCommand;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import io.framequota.cli.terminal.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq policies}. */
@Command(
        name = "policies",
        description = "List the policies.",
        footer = {"", "Examples:", "  fq policies", "  fq policies --json"})
public final class PoliciesCommand extends ServerCommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public PoliciesCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        JsonNode answer = client.get("/api/v1/policies");
        JsonNode policies = answer.isArray() ? answer : answer.path("policies");
        if (json) {
            terminal.print(policies.toString());
            return Failure.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "WHAT IT DOES"));
        policies.forEach(p ->
                rows.add(List.of(p.path("name").asText(), p.path("explanation").asText())));
        terminal.print(Texts.table(rows));
        return Failure.DONE;
    }
}
