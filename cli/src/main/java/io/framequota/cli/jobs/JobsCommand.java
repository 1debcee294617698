package io.framequota.cli.jobs;

import io.framequota.cli.client.Job;
import io.framequota.cli.client.ServerClient;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq jobs}. */
@Command(
        name = "jobs",
        description = "List jobs, newest first.",
        footer = {"", "Examples:", "  fq jobs", "  fq jobs --state RUNNING --json"})
public final class JobsCommand extends ServerCommand {
    @Option(
            names = "--state",
            paramLabel = "S",
            description = "Only jobs in this state: QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED.")
    private String state = "";

    @Option(names = "--json", description = "Print one JSON object per job.")
    private boolean json;

    public JobsCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        List<Job> jobs = client.jobs(state);
        if (json) {
            jobs.forEach(j -> terminal.print(j.json().toString()));
        } else {
            terminal.print(JobTexts.table(jobs));
        }
        return Failure.DONE;
    }
}
