package io.framequota.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq job}. */
@Command(
        name = "job",
        description = "Show all fields of a job.",
        footer = {"", "Examples:", "  fq job 1f0c2a9d", "  fq job 1f0c2a9d --json"})
public final class JobCommand extends OneJobCommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public JobCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException {
        JobStatus job = client.job(id);
        if (json) {
            terminal.print(job.json().toString());
        } else {
            job.json().properties().forEach(f -> terminal.print(f.getKey() + ": " + value(f.getKey(), f.getValue())));
        }
        return Failure.DONE;
    }

    private static String value(String field, JsonNode value) {
        if (field.equals("drive")) {
            return JobFormat.drive(value);
        }
        return value.isTextual() ? Terminal.oneLine(value.asText()) : value.toString();
    }
}
