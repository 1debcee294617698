package io.framequota.lab.videos;

import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.VideoWorkload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** Submits each request at its arrival time and follows it to its end. For one thread. */
final class RequestSubmitter {
    private final ServerClient client;
    private final VideoWorkload videos;

    RequestSubmitter(ServerClient client, VideoWorkload videos) {
        this.client = client;
        this.videos = videos;
    }

    /**
     * Runs all requests, and returns them in the file's order.
     *
     * <p>One thread submits all requests, so requests of the same time reach the server in the file's order, and responses
     * include uploads.
     *
     * @param start start of the run
     * @throws RunFailedException as soon as a request fails
     */
    List<CompletedRequest> run(Instant start) throws InterruptedException {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            ExecutorCompletionService<CompletedRequest> followers = new ExecutorCompletionService<>(threads);
            for (int i : inOrderOfArrival()) {
                Instant intended = start.plusNanos((long) (videos.arrivals().get(i) * 1e9));
                TimeUnit.NANOSECONDS.sleep(
                        Duration.between(Instant.now(), intended).toNanos());
                double late = Math.max(0, CompletedRequest.seconds(intended, Instant.now()));
                String id = client.submit(
                                source(videos.requests().get(i)),
                                new Submission(
                                        videos.model().text(), videos.every().get(i), Map.of(), null))
                        .id();
                followers.submit(() -> new CompletedRequest(i + 1, followed(i, id), intended, late));
            }
            List<CompletedRequest> completed = new ArrayList<>();
            for (int i = 0; i < videos.count(); i++) {
                completed.add(result(followers));
            }
            completed.sort(Comparator.comparingInt(CompletedRequest::request));
            return List.copyOf(completed);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Finds a source, relative to the experiment file. */
    static Source source(VideoWorkload.Named named) {
        return Source.parse(named.text(), text -> named.folder().resolve(text).normalize());
    }

    private List<Integer> inOrderOfArrival() {
        return IntStream.range(0, videos.count())
                .boxed()
                .sorted(Comparator.comparingDouble(videos.arrivals()::get))
                .toList();
    }

    private JobStatus followed(int i, String id) throws InterruptedException {
        AtomicReference<JobStatus> last = new AtomicReference<>();
        client.watch(id, job -> {
            last.set(job);
            return !job.ended();
        });
        JobStatus job = last.get();
        String what = "request " + (i + 1) + " (" + videos.requests().get(i).text() + ")";
        if (job == null || !job.ended()) {
            throw new RunFailedException(what + ": the system went away before it had ended");
        }
        if (!job.succeeded()) {
            throw new RunFailedException(
                    what + (job.state().equals("FAILED") ? " failed: " + job.error() : " was cancelled"));
        }
        return job;
    }

    private static CompletedRequest result(ExecutorCompletionService<CompletedRequest> followers)
            throws InterruptedException {
        try {
            return followers.take().get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException unchecked -> throw unchecked;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
