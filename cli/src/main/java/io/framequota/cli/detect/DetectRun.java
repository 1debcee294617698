package io.framequota.cli.detect;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.DataFolder;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.LocalSystem;
import io.framequota.local.RunFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One {@code fq detect}: starts a private system, runs the jobs, and stops the system. It leaves nothing behind when the jobs
 * have ended; when it is interrupted, it leaves its data folder and a note beside the output.
 */
final class DetectRun {
    /** The outcome of a source: the last state of its job, or the reason why there is none. */
    record Ended(DetectPlan.Task task, @Nullable JobStatus job, String trouble) {}

    private final DetectPlan plan;
    private final LocalSettings settings;
    private final Installation installation;
    private final Terminal terminal;

    DetectRun(DetectPlan plan, LocalSettings settings, Installation installation, Terminal terminal) {
        this.plan = plan;
        this.settings = settings;
        this.installation = installation;
        this.terminal = terminal;
    }

    /** Runs the jobs and returns their outcomes in the order of the command. */
    List<Ended> run(boolean resume) throws InterruptedException, IOException {
        RunFolders.sweep(installation, Instant.now(), ResumeNote::isOf);
        Path file = plan.resumeFile();
        Optional<ResumeNote> note = resume && file != null ? ResumeNote.read(file) : Optional.empty();
        if (resume && note.isEmpty()) {
            terminal.say("there is no interrupted run to resume in " + file + "; starting from the beginning");
        }
        if (file != null) {
            note.ifPresent(n -> n.check(plan, file));
        }
        try (DataFolder folder =
                note.isPresent() ? DataFolder.take(Path.of(note.get().data())) : RunFolders.take(installation)) {
            return run(folder, note.orElse(null));
        }
    }

    private List<Ended> run(DataFolder folder, @Nullable ResumeNote begun) throws InterruptedException, IOException {
        boolean worthKeeping = begun != null;
        boolean submitted = false;
        boolean ended = false;
        LocalSystem system = null;
        try {
            system = LocalSystem.start(installation, settings, folder.path(), terminal::say);
            system.awaitReady();
            try (ServerClient client = new ServerClient(system.url())) {
                ResumeNote note = begun != null ? begun : submit(client, folder);
                submitted = true;
                worthKeeping = plan.resumeFile() != null;
                List<Ended> all = follow(client, note, begun != null);
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

    private ResumeNote submit(ServerClient client, DataFolder folder) throws InterruptedException, IOException {
        List<ResumeNote.Entry> entries = new ArrayList<>();
        for (DetectPlan.Task task : plan.tasks()) {
            try {
                String job = client.submit(task.source(), plan.submission()).id();
                entries.add(new ResumeNote.Entry(FileNames.shown(task.source().text()), job, ""));
            } catch (Failure e) {
                if (plan.tasks().size() == 1) {
                    throw e;
                }
                // A refused source does not stop the others.
                entries.add(new ResumeNote.Entry(FileNames.shown(task.source().text()), "", e.line()));
            }
        }
        ResumeNote note = new ResumeNote(
                folder.path().toString(),
                plan.submission().model(),
                plan.submission().every(),
                entries);
        Path file = plan.resumeFile();
        if (file != null) {
            RunFolders.tie(folder.path(), file);
            note.write(file);
        }
        return note;
    }

    private List<Ended> follow(ServerClient client, ResumeNote note, boolean resumed) throws InterruptedException {
        List<Future<JobStatus>> futures = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int i = 0; i < plan.tasks().size(); i++) {
                ResumeNote.Entry entry = note.jobs().get(i);
                Callable<JobStatus> download =
                        new ResultDownload(client, plan.tasks().get(i), entry.job(), resumed, terminal);
                futures.add(entry.refusal().isEmpty() ? threads.submit(download) : refused(entry.refusal()));
            }
            threads.shutdown();
            ProgressLine progress = new ProgressLine(
                    terminal, client, plan.tasks().getFirst().source().text());
            while (!threads.awaitTermination(progress.intervalMillis(), TimeUnit.MILLISECONDS)) {
                progress.show();
            }
        } finally {
            threads.shutdownNow();
            // The downloads complete their files before the data folder is deleted.
            threads.awaitTermination(3, TimeUnit.SECONDS);
        }
        List<Ended> all = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            all.add(ended(plan.tasks().get(i), futures.get(i)));
        }
        return all;
    }

    private static Future<JobStatus> refused(String refusal) {
        return CompletableFuture.failedFuture(Failure.use(refusal));
    }

    private static Ended ended(DetectPlan.Task task, Future<JobStatus> future) throws InterruptedException {
        try {
            return new Ended(task, future.get(), "");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof InterruptedException) {
                throw new InterruptedException();
            }
            return new Ended(task, null, Failure.words(cause));
        }
    }
}
