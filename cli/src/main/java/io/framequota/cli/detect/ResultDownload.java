package io.framequota.cli.detect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.analysis.TrackCounts;
import io.framequota.cli.results.ResultFile;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.common.text.PictureNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Downloads the results of a job while it runs, then its annotated video. Used by one thread. */
final class ResultDownload implements Callable<JobStatus> {
    /** How long the server may be unavailable; fq restarts it within seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerClient client;
    private final DetectPlan.Task task;
    private final String id;
    private final boolean resumed;
    private final BooleanSupplier stopped;
    private final Terminal terminal;

    /**
     * @param resumed whether the output may hold the results of an interrupted run; an early end keeps the longer ones
     * @param stopped whether the system was stopped, so that there is no use in trying again
     */
    ResultDownload(
            ServerClient client,
            DetectPlan.Task task,
            String id,
            boolean resumed,
            BooleanSupplier stopped,
            Terminal terminal) {
        this.terminal = terminal;
        this.client = client;
        this.task = task;
        this.id = id;
        this.resumed = resumed;
        this.stopped = stopped;
    }

    @Override
    public JobStatus call() throws InterruptedException, IOException {
        long start = System.nanoTime();
        long before = resumed ? framesDone() : -1;
        JobStatus job = result();
        if (before >= 0 && job.frames() > before) {
            job = withRate(job, (job.frames() - before) / ((System.nanoTime() - start) / 1e9));
        }
        FileArgument video = task.video();
        if (video != null && job.succeeded()) {
            try {
                fetch("/api/v1/jobs/" + id + "/video", isJpeg(video.path()) ? "image/jpeg" : "video/mp4", video.path());
            } catch (Failure e) {
                throw Failure.work(
                        e.line() + "; the detections are in " + task.output().text());
            }
        }
        return job.succeeded() && job.tracked() ? withCounts(job) : job;
    }

    /** Whether the annotated output is a picture. */
    static boolean isJpeg(Path file) {
        return Set.of("jpg", "jpeg").contains(PictureNames.suffix(FileNames.text(file)));
    }

    /** Frames that the interrupted run has done; -1 if the server does not say. */
    private long framesDone() throws InterruptedException {
        try {
            return client.job(id).framesDone();
        } catch (Failure e) {
            return -1;
        }
    }

    /** The server's rate would count the pause between the runs. */
    private static JobStatus withRate(JobStatus job, double fps) {
        ObjectNode json = job.json().deepCopy();
        json.put("fps", Math.round(fps * 10) / 10.0);
        return new JobStatus(json);
    }

    private JobStatus withCounts(JobStatus job) throws InterruptedException {
        ObjectNode counted = job.json().deepCopy();
        TrackCounts.ofJob(client, job, "").addTo(counted);
        return new JobStatus(counted);
    }

    private JobStatus result() throws InterruptedException, IOException {
        FileArgument output = task.output();
        // All attempts share one output: a pipe is opened for reading only once.
        try (ResultFile file = new ResultFile(terminal.open(output.path()), output.text())) {
            try {
                return patiently(file);
            } catch (InterruptedException | Failure e) {
                keepSoFar(file);
                throw e;
            }
        }
    }

    private JobStatus patiently(ResultFile file) throws InterruptedException, IOException {
        long trouble = 0;
        while (true) {
            try {
                return whole(file);
            } catch (Failure e) {
                long now = System.nanoTime();
                trouble = trouble == 0 ? now : trouble;
                if (stopped.getAsBoolean()) {
                    throw Failure.work("the system was stopped before the job ended");
                }
                if (e.exitCode() != Failure.WORK_FAILED || now - trouble > PATIENCE.toNanos()) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(300);
            }
        }
    }

    private void keepSoFar(ResultFile file) throws IOException {
        Path target = task.output().path();
        boolean longer = !resumed || !Files.exists(target) || file.bytes() > Files.size(target);
        if (file.lines() > 0 && longer) {
            file.keep();
        }
    }

    /** Reads until the job has ended; a broken connection is a {@link Failure}. */
    private JobStatus whole(ResultFile file) throws InterruptedException, IOException {
        try (InputStream in = client.open("/api/v1/jobs/" + id + "/detections", "application/gzip")) {
            // Only now: what an earlier attempt has got may be all that there will be.
            file.restart();
            file.takeFrom(in);
        } catch (Failure | ClosedByInterruptException e) {
            throwIfInterrupted();
            throw e;
        }
        JobStatus job = client.job(id);
        if (!job.ended()) {
            throw Failure.work("the results of job " + id + " ended before the job did");
        }
        if (job.succeeded() || file.lines() > 0) {
            file.keep();
        }
        return job;
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void fetch(String path, String type, Path target) throws InterruptedException, IOException {
        try (OutputFile file = terminal.open(target);
                InputStream in = client.open(path, type)) {
            in.transferTo(file.stream());
            file.keep();
        } catch (Failure | ClosedByInterruptException e) {
            throwIfInterrupted();
            throw e;
        }
    }
}
