package io.framequota.cli.jobs;

import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fq watch}. */
@Command(
        name = "watch",
        description = "Show how far a job is until it has ended; exits 1 when it did not succeed.",
        footer = {"", "Examples:", "  fq watch 1f0c2a9d"})
public final class WatchCommand extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "The job.")
    private String id = "";

    public WatchCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        JobStatus[] last = {client.job(id)};
        while (!last[0].ended()) {
            client.watch(id, job -> {
                last[0] = job;
                if (!job.ended()) {
                    terminal.progress(JobFormat.line(job));
                }
                return !job.ended();
            });
            if (!last[0].ended()) {
                // The stream ended without the job: the server started again, or a proxy cut it.
                TimeUnit.MILLISECONDS.sleep(300);
                last[0] = client.job(id);
            }
        }
        terminal.print(JobFormat.line(last[0]));
        return last[0].succeeded() ? Failure.DONE : Failure.WORK_FAILED;
    }
}
