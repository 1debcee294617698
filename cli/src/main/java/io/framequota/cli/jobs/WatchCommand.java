package io.framequota.cli.jobs;

import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code fq watch}. */
@Command(
        name = "watch",
        description = "Show the progress of a job until it ends. Exits 1 if the job did not succeed.",
        footer = {"", "Examples:", "  fq watch 1f0c2a9d"})
public final class WatchCommand extends OneJobCommand {
    public WatchCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException {
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
                // The connection ended before the job: the server was restarted, or a proxy closed it.
                TimeUnit.MILLISECONDS.sleep(300);
                last[0] = client.job(id);
            }
        }
        terminal.print(JobFormat.line(last[0]));
        return last[0].succeeded() ? Failure.DONE : Failure.WORK_FAILED;
    }
}
