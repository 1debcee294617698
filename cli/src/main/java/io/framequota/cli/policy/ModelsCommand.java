package io.framequota.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq models}. */
@Command(
        name = "models",
        description = "List the models that the workers can run, and the reasons why they cannot run others.",
        footer = {"", "Examples:", "  fq models", "  fq models --json"})
public final class ModelsCommand extends ServerCommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public ModelsCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        JsonNode models = client.get("/api/v1/models");
        if (json) {
            terminal.print(models.toString());
            return Failure.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MODEL", "INPUT", "POSTPROCESS", "CLASSES"));
        List<String> unusable = new ArrayList<>();
        for (JsonNode m : models) {
            if (m.hasNonNull("reason")) {
                unusable.add(m.path("name").asText() + " cannot be used: "
                        + m.path("reason").asText());
                continue;
            }
            rows.add(List.of(
                    m.path("name").asText(),
                    m.path("width").asInt() == 0
                            ? "native"
                            : m.path("width").asInt() + "x" + m.path("height").asInt(),
                    m.path("postprocess").asText(),
                    Integer.toString(m.path("labels").size())));
        }
        terminal.print(Formatting.table(rows));
        unusable.forEach(terminal::print);
        if (rows.stream()
                .anyMatch(row -> row.getFirst().equals("people") && row.get(2).equals("hog"))) {
            terminal.say(LocalOptions.ABOUT_PEOPLE);
        }
        return Failure.DONE;
    }
}
