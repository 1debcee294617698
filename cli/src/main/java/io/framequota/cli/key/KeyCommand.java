package io.framequota.cli.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq key}, the parent of the commands for API keys. */
@Command(
        name = "key",
        description =
                "Make, list and revoke the API keys of a server that asks for them. Needs a key with the role admin.",
        footer = {
            "",
            "Examples:",
            "  fq key create --role submit --role read --tenant north",
            "  fq key list",
            "  fq key revoke 4be0643f1d98573b"
        })
public final class KeyCommand {
    private static final String KEYS = "/api/v1/keys";

    /** {@code fq key create}. */
    @Command(
            name = "create",
            description = "Make a key and print it. It is shown this once.",
            footer = {
                "",
                "Roles: read sees the jobs of the key's tenant and their results; submit submits, cancels and deletes them;"
                        + " metrics reads the metrics; admin does everything, for all tenants.",
                "",
                "Examples:",
                "  fq key create --role submit --role read --tenant north --name 'camera desk'",
                "  fq key create --role read > reader.key"
            })
    public static final class Create extends ServerCommand {
        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "read, submit, metrics or admin; can be repeated (default: read and submit).")
        private List<String> roles = new ArrayList<>();

        @Option(
                names = "--tenant",
                paramLabel = "T",
                description = "Tenant whose jobs the key sees and submits (default: ${DEFAULT-VALUE}).")
        private String tenant = "default";

        @Option(names = "--name", paramLabel = "N", description = "What fq key list calls the key.")
        private String name = "";

        @Option(names = "--json", description = "Print the key with its id as JSON.")
        private boolean json;

        public Create(Terminal terminal, Installation installation, Map<String, String> environment) {
            super(terminal, installation, environment);
        }

        @Override
        protected int run(ServerClient client) throws InterruptedException {
            ObjectNode wanted =
                    new ObjectMapper().createObjectNode().put("name", name).put("tenant", tenant);
            ArrayNode all = wanted.putArray("roles");
            (roles.isEmpty() ? List.of("read", "submit") : roles).forEach(all::add);
            JsonNode key = client.post(KEYS, wanted);
            terminal.print(json ? key.toString() : key.path("key").asText());
            terminal.say("key " + key.path("id").asText() + ": keep it, it is not shown again");
            return Failure.DONE;
        }
    }

    /** {@code fq key list}. */
    @Command(
            name = "list",
            description = "List the keys, oldest first, without their secrets.",
            footer = {"", "Examples:", "  fq key list", "  fq key list --json"})
    public static final class ListAll extends ServerCommand {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        public ListAll(Terminal terminal, Installation installation, Map<String, String> environment) {
            super(terminal, installation, environment);
        }

        @Override
        protected int run(ServerClient client) throws InterruptedException {
            JsonNode keys = client.get(KEYS);
            if (json) {
                terminal.print(keys.toString());
                return Failure.DONE;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ID", "TENANT", "ROLES", "CREATED", "NAME"));
            keys.forEach(key -> rows.add(List.of(
                    key.path("id").asText(),
                    key.path("tenant").asText(),
                    StreamSupport.stream(key.path("roles").spliterator(), false)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(",")),
                    key.path("created_at").asText().replaceAll("\\.[0-9]+Z$", "Z"),
                    key.path("name").asText())));
            terminal.print(Formatting.table(rows));
            return Failure.DONE;
        }
    }

    /** {@code fq key revoke}. */
    @Command(
            name = "revoke",
            description = "Revoke a key. It opens nothing from then on.",
            footer = {"", "Examples:", "  fq key revoke 4be0643f1d98573b"})
    public static final class Revoke extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "Id of the key, as fq key list shows it.")
        private String id = "";

        public Revoke(Terminal terminal, Installation installation, Map<String, String> environment) {
            super(terminal, installation, environment);
        }

        @Override
        protected int run(ServerClient client) throws InterruptedException {
            client.delete(KEYS + "/" + ServerClient.segment(id));
            terminal.say("key " + id + " is revoked");
            return Failure.DONE;
        }
    }
}
