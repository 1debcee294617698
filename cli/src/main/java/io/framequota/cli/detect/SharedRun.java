package io.framequota.cli.detect;

import io.framequota.cli.options.ServerOption;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.local.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fq detect} on a system that runs already. Its jobs stay there, as those of {@code fq submit} do; an interrupt cancels them
 * and leaves a note, with which they can go on.
 */
final class SharedRun {
    private final DetectPlan plan;
    private final Path data;
    private final String url;
    private final Terminal terminal;

    /** @param data the system's folder, which it holds while it runs */
    SharedRun(DetectPlan plan, Path data, String url, Terminal terminal) {
        this.plan = plan;
        this.data = data;
        this.url = url;
        this.terminal = terminal;
    }

    /**
     * Runs the jobs and returns their outcomes in the order of the command.
     *
     * @param begun the interrupted run to continue, null for a new one
     */
    List<DetectJobs.Ended> run(@Nullable ResumeNote begun) throws InterruptedException, IOException {
        try (ServerClient client = new ServerClient(url, ServerOption.key(System.getenv()))) {
            DetectJobs jobs = new DetectJobs(plan, client, this::isStopped, terminal);
            try {
                begin(jobs, begun);
                List<DetectJobs.Ended> all = jobs.follow();
                if (isStopped() && all.stream().anyMatch(e -> e.job() == null)) {
                    terminal.say("the system of fq up was stopped; results so far are saved"
                            + toContinue("fq up and this command"));
                } else {
                    forget();
                }
                return all;
            } catch (InterruptedException e) {
                terminal.say("interrupted; results so far are saved and the jobs are cancelled"
                        + toContinue("this command"));
                throw e;
            } finally {
                // Those whose results could not be written, too. Those of a stopped system go on when it runs again.
                if (!isStopped()) {
                    jobs.cancel();
                }
            }
        }
    }

    private void begin(DetectJobs jobs, @Nullable ResumeNote begun) throws InterruptedException, IOException {
        if (begun != null) {
            jobs.resume(begun.jobs());
            jobs.redriveCancelled();
            return;
        }
        // The outputs are no longer those of an earlier run.
        forget();
        jobs.submit();
        Path note = plan.resumeFile();
        if (note != null) {
            new ResumeNote(
                            data.toString(),
                            plan.submission().model(),
                            plan.submission().every(),
                            jobs.entries())
                    .write(note);
        }
    }

    private String toContinue(String commands) {
        Path note = plan.resumeFile();
        return note != null && Files.exists(note) ? "; rerun " + commands + " with --resume to continue" : "";
    }

    private boolean isStopped() {
        return !DataFolder.isHeld(data);
    }

    private void forget() throws IOException {
        Path note = plan.resumeFile();
        if (note != null) {
            Files.deleteIfExists(note);
        }
    }
}
