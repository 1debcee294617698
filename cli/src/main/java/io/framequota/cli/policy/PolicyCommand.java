package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.cli.client.ServerClient;
import io.framequota.cli.jobs.ServerCommand;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq policy}. */
@Command(
        name = "policy",
        description = "Show the live policy, or set it.",
        footer = {"", "Examples:", "  fq policy", "  fq policy one-request-at-a-time"})
public final class PolicyCommand extends ServerCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "Policy to set.")
    private @Nullable String name;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public PolicyCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        JsonNode answer = name == null
                ? client.get("/api/v1/policy")
                : client.put(
                        "/api/v1/policy", new ObjectMapper().createObjectNode().put("policy", name));
        terminal.print(json ? answer.toString() : answer.path("policy").asText());
        return Failure.DONE;
    }
}
