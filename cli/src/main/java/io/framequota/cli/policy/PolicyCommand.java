package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq policy}. */
@Command(
        name = "policy",
        description = "Show or set the policy in use.",
        footer = {
            "",
            "Examples:",
            "  fq policy",
            "  fq policy one-request-at-a-time",
            "  fq policy one-request-at-a-time --set order=shortest-first --set aging=60"
        })
public final class PolicyCommand extends ServerCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "Name of the policy to set.")
    private @Nullable String name;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            arity = "1..*",
            description = "Parameters of the policy NAME; fq policies --json lists them.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public PolicyCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        if (name == null && !parameters.isEmpty()) {
            throw Failure.use("--set requires a policy: fq policy NAME --set "
                    + parameters.entrySet().iterator().next());
        }
        JsonNode answer = name == null ? client.get("/api/v1/policy") : client.put("/api/v1/policy", choice(name));
        terminal.print(json ? answer.toString() : words(answer));
        if (!json && answer.hasNonNull("notice")) {
            terminal.say(answer.path("notice").asText());
        }
        return Failure.DONE;
    }

    private ObjectNode choice(String policy) {
        ObjectNode choice = new ObjectMapper().createObjectNode().put("policy", policy);
        if (!parameters.isEmpty()) {
            ObjectNode given = choice.putObject("parameters");
            parameters.forEach(given::put);
        }
        return choice;
    }

    /** The name of the policy, followed by its parameters. */
    private static String words(JsonNode answer) {
        StringBuilder words = new StringBuilder(answer.path("policy").asText());
        answer.path("parameters")
                .properties()
                .forEach(p -> words.append(' ')
                        .append(p.getKey())
                        .append('=')
                        .append(p.getValue().asText()));
        return words.toString();
    }
}
