package io.framequota.cli.detect;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The jobs of one {@code fq detect} on a system: submits them, shows their progress and writes their results. Used by one thread. */
final class DetectJobs {
    /**
     * The outcome of a source.
     *
     * @param job its last state, null when there is no job, or its results could not be written
     * @param trouble the reason why there is no job
     * @param exitCode as fq's
     */
    record Ended(DetectPlan.Task task, @Nullable JobStatus job, String trouble, int exitCode) {
        private static Ended of(DetectPlan.Task task, JobStatus job) {
            int code = job.succeeded() ? Failure.DONE : job.badInput() ? Failure.WRONG_USE : Failure.WORK_FAILED;
            return new Ended(task, job, "", code);
        }

        private static Ended of(DetectPlan.Task task, @Nullable Throwable trouble) {
            int code = trouble instanceof Failure failure ? failure.exitCode() : Failure.WORK_FAILED;
            return new Ended(task, null, Failure.words(trouble), code);
        }
    }

    private final DetectPlan plan;
    private final ServerClient client;
    private final BooleanSupplier stopped;
    private final Terminal terminal;
    private final List<ResumeNote.Entry> entries = new ArrayList<>();
    private boolean resumed;

    /** @param stopped whether the system was stopped by somebody else */
    DetectJobs(DetectPlan plan, ServerClient client, BooleanSupplier stopped, Terminal terminal) {
        this.plan = plan;
        this.client = client;
        this.stopped = stopped;
        this.terminal = terminal;
    }

    /**
     * Submits a job for each source. A refused source does not stop the others.
     *
     * @throws Failure the only source was refused
     */
    void submit() throws InterruptedException {
        for (DetectPlan.Task task : plan.tasks()) {
            String source = FileNames.shown(task.source().text());
            try {
                entries.add(new ResumeNote.Entry(
                        source, client.submit(task.source(), plan.submission()).id(), ""));
            } catch (Failure e) {
                if (plan.tasks().size() == 1) {
                    throw e;
                }
                entries.add(new ResumeNote.Entry(source, "", e.line()));
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Takes jobs that were submitted before; the outputs may hold a part of their results. */
    void resume(List<ResumeNote.Entry> begun) {
        entries.addAll(begun);
        resumed = true;
    }

    /** The jobs submitted so far, in the order of the command. */
    List<ResumeNote.Entry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Lets jobs that were cancelled go on.
     *
     * @throws Failure one of them no longer exists, or its source does not
     */
    void redriveCancelled() throws InterruptedException {
        for (String id : ids()) {
            if (client.job(id).cancelled()) {
                client.redrive(id);
            }
        }
    }

    /** Cancels the jobs that have not ended. */
    void cancel() throws InterruptedException {
        for (String id : ids()) {
            try {
                if (!client.job(id).ended()) {
                    client.cancel(id);
                }
            } catch (Failure e) {
                // It has ended in between, or the system has gone.
            }
        }
    }

    private List<String> ids() {
        return entries.stream()
                .map(ResumeNote.Entry::job)
                .filter(id -> !id.isEmpty())
                .toList();
    }

    /** Shows the progress until all jobs have ended, and returns their outcomes in the order of the command. */
    List<Ended> follow() throws InterruptedException {
        List<Future<JobStatus>> futures = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int i = 0; i < plan.tasks().size(); i++) {
                ResumeNote.Entry entry = entries.get(i);
                Callable<JobStatus> download =
                        new ResultDownload(client, plan.tasks().get(i), entry.job(), resumed, stopped, terminal);
                futures.add(entry.refusal().isEmpty() ? threads.submit(download) : refused(entry.refusal()));
            }
            threads.shutdown();
            ProgressLine progress = new ProgressLine(
                    terminal,
                    client,
                    ids(),
                    plan.tasks().getFirst().source().text(),
                    plan.tasks().getFirst().video() != null);
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
            return Ended.of(task, future.get());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof InterruptedException) {
                throw new InterruptedException();
            }
            return Ended.of(task, cause);
        }
    }
}
