package io.framequota.cli.jobs;

import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq jobs}. */
@Command(
        name = "jobs",
        description = "List jobs, newest first.",
        footer = {
            "",
            "Examples:",
            "  fq jobs",
            "  fq jobs --state RUNNING --json",
            "  fq jobs --before 3f9c0a1b2d4e5f60"
        })
public final class JobsCommand extends ServerCommand {
    @Option(
            names = "--state",
            paramLabel = "S",
            description = "Only jobs in this state: QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED.")
    private String state = "";

    @Option(
            names = "--before",
            paramLabel = "ID",
            description = "Only jobs submitted before this job: the next page of a long list.")
    private String before = "";

    @Option(names = "--json", description = "Print one JSON object per job.")
    private boolean json;

    public JobsCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        ServerClient.Page page = client.jobs(state, before.isEmpty() ? "" : client.jobId(before));
        List<JobStatus> jobs = page.jobs();
        if (json) {
            jobs.forEach(j -> terminal.print(j.json().toString()));
        } else {
            terminal.print(JobFormat.table(jobs));
        }
        if (page.more()) {
            terminal.say("there are older jobs: --before " + jobs.getLast().id());
        }
        return Failure.DONE;
    }
}
