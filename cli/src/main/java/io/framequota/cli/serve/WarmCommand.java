package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import io.framequota.local.LocalSystem;
import io.framequota.local.WarmUp;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code fq warm}, which the launcher runs once after a build so that later starts are faster. */
@Command(
        name = "warm",
        hidden = true,
        description = "Record the start-up caches and the data template.",
        footer = {"", "Examples:", "  fq warm"})
public final class WarmCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Installation installation;

    public WarmCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        WarmUp warmUp = new WarmUp(installation, terminal::say);
        terminal.say("recording start-up caches so that later starts are faster (once per build)");
        warmUp.recordCaches(this::work);
        terminal.say("preparing the database and the broker's topics");
        warmUp.makeTemplate();
        return Failure.DONE;
    }

    /** Runs a small job, so that the caches contain the classes that a job needs. */
    private void work(LocalSystem system) throws InterruptedException, IOException {
        try (ServerClient client = new ServerClient(system.url())) {
            Submission submission = new Submission("people", 4, Map.of(), null);
            String id = client.submit(Source.parse("sample:walkers", terminal::resolve), submission)
                    .id();
            try (InputStream in = client.open("/api/v1/jobs/" + id + "/detections", "application/gzip")) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            JobStatus job = client.job(id);
            while (!job.ended()) {
                TimeUnit.MILLISECONDS.sleep(200);
                job = client.job(id);
            }
            if (!job.succeeded()) {
                throw Failure.work("the warm-up job ended as " + job.state() + ": " + job.error());
            }
        }
    }
}
