package io.framequota.cli.detect;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.LocalSystem;
import io.framequota.local.RunFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fq detect} by itself: starts a private system, runs the jobs, and stops the system. It leaves nothing behind when the jobs
 * have ended; when it is interrupted, it leaves its data folder and a note beside the output.
 */
final class PrivateRun {
    private final DetectPlan plan;
    private final LocalSettings settings;
    private final Installation installation;
    private final Terminal terminal;

    PrivateRun(DetectPlan plan, LocalSettings settings, Installation installation, Terminal terminal) {
        this.plan = plan;
        this.settings = settings;
        this.installation = installation;
        this.terminal = terminal;
    }

    /**
     * Runs the jobs and returns their outcomes in the order of the command.
     *
     * @param begun the interrupted run to continue, null for a new one
     */
    List<DetectJobs.Ended> run(@Nullable ResumeNote begun) throws InterruptedException, IOException {
        try (DataFolder folder =
                begun == null ? RunFolders.take(installation) : DataFolder.take(Path.of(begun.data()))) {
            return run(folder, begun);
        }
    }

    private List<DetectJobs.Ended> run(DataFolder folder, @Nullable ResumeNote begun)
            throws InterruptedException, IOException {
        boolean worthKeeping = begun != null;
        boolean submitted = false;
        boolean ended = false;
        LocalSystem system = null;
        try {
            system = LocalSystem.start(installation, settings, folder.path(), terminal::say);
            system.awaitReady();
            try (ServerClient client = new ServerClient(system.url())) {
                DetectJobs jobs = new DetectJobs(plan, client, () -> false, terminal);
                if (begun == null) {
                    jobs.submit();
                    writeNote(jobs.entries(), folder.path());
                } else {
                    jobs.resume(begun.jobs());
                }
                submitted = true;
                worthKeeping = plan.resumeFile() != null;
                List<DetectJobs.Ended> all = jobs.follow();
                ended = true;
                return all;
            }
        } catch (InterruptedException e) {
            terminal.say(
                    worthKeeping
                            ? "interrupted; results so far are saved; rerun with --resume to continue"
                            : submitted
                                    ? "interrupted; results so far are saved"
                                    : "interrupted before a job was submitted");
            throw e;
        } catch (Failure e) {
            if (system != null && e.exitCode() == Failure.WORK_FAILED) {
                terminal.say("the logs were copied to " + RunFolders.keepLogs(folder.path(), installation));
            }
            throw e;
        } finally {
            end(folder, system, worthKeeping && !ended);
        }
    }

    private void end(DataFolder folder, @Nullable LocalSystem system, boolean keep) throws IOException {
        if (keep) {
            if (system != null) {
                system.close();
            }
            return;
        }
        RunFolders.untie(folder.path());
        if (system != null) {
            system.kill();
        }
        folder.delete();
        Path note = plan.resumeFile();
        if (note != null) {
            Files.deleteIfExists(note);
        }
    }

    private void writeNote(List<ResumeNote.Entry> jobs, Path data) throws IOException {
        Path file = plan.resumeFile();
        if (file != null) {
            RunFolders.tie(data, file);
            new ResumeNote(
                            data.toString(),
                            plan.submission().model(),
                            plan.submission().every(),
                            jobs)
                    .write(file);
        }
    }
}
