package io.framequota.ingest.job.service;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.files.Uploads;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at sources that are not submitted: how much work they would be. Nothing of them is kept. Blocks; a bounded number at
 * a time, others are refused.
 */
@Singleton
public final class DryRunService {
    private static final Logger LOG = Logger.getLogger(DryRunService.class);
    private static final int AT_ONCE = 4;
    /** For an address: whoever asks waits for the answer, and others wait for the place. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * A job that was not submitted.
     *
     * @param frames to infer, 0 when the source does not say
     */
    public record Candidate(String model, long frames, Map<String, String> labels) {}

    private final JobService jobs;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final Duration patience;
    private final Semaphore slots = new Semaphore(AT_ONCE);

    @Inject
    DryRunService(JobService jobs, SourceStore sources, VideoDecoder decoder) {
        this(jobs, sources, decoder, PATIENCE);
    }

    DryRunService(JobService jobs, SourceStore sources, VideoDecoder decoder, Duration patience) {
        this.jobs = jobs;
        this.sources = sources;
        this.decoder = decoder;
        this.patience = patience;
    }

    /** Looks at a URL, which is fetched for it, or a sample. */
    public Candidate of(Submission submission) {
        String id = jobs.fetchable(submission);
        try {
            return look(submission, submission.source().strip(), id);
        } finally {
            sources.discard(id);
        }
    }

    /** Looks at an upload, which is removed. */
    public Candidate of(Submission submission, Uploads.Place upload) {
        try {
            return look(submission, upload.source(), upload.id());
        } finally {
            upload.remove();
        }
    }

    private Candidate look(Submission submission, String input, String id) {
        String model = jobs.accepted(submission).getName();
        if (!slots.tryAcquire()) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNAVAILABLE, "too many dry runs at once; try again in a moment");
        }
        try {
            long frames = frames(input, id, submission.stream());
            return new Candidate(model, (frames + submission.every() - 1) / submission.every(), submission.labels());
        } finally {
            slots.release();
        }
    }

    /** On a platform thread: native code would hold a virtual one's carrier. */
    private long frames(String input, String id, int stream) {
        CompletableFuture<Long> frames = new CompletableFuture<>();
        long began = System.nanoTime();
        BooleanSupplier late = () -> System.nanoTime() - began > patience.toNanos();
        Thread thread = Threads.platform("dry-run-" + id, () -> {
            try {
                if (sources.remote(input)) {
                    sources.fetch(input, id, late);
                }
                Path video = sources.resolve(MessageSanitizer.masked(input), id, () -> false);
                frames.complete(decoder.probe(video, stream).expectedFrames());
            } catch (SourceException e) {
                frames.completeExceptionally(
                        new RejectedRequestException(RejectedRequestException.Kind.UNUSABLE, said(e.getMessage())));
            } catch (InterruptedException e) {
                frames.completeExceptionally(
                        late.getAsBoolean()
                                ? new RejectedRequestException(
                                        RejectedRequestException.Kind.UNUSABLE,
                                        "the address was not here within " + patience.toSeconds()
                                                + " s; submit it instead")
                                : new RejectedRequestException(
                                        RejectedRequestException.Kind.UNAVAILABLE, "the server stops"));
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                // Without its trace: what libraries say may hold the address with its secrets.
                LOG.errorf(
                        "dry run %s: the source could not be read: %s: %s",
                        id, e.getClass().getName(), MessageSanitizer.line(String.valueOf(e.getMessage())));
                frames.completeExceptionally(new RejectedRequestException(
                        RejectedRequestException.Kind.UNUSABLE,
                        "the source could not be read: an error inside the server, whose log says more"));
            }
        });
        thread.start();
        try {
            return frames.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RejectedRequestException refusal ? refusal : e;
        }
    }

    private static String said(@Nullable String message) {
        return message == null ? "the source cannot be used" : message;
    }
}
