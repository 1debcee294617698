package io.framequota.ingest.job.service;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.files.Uploads;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.spherical.SphereViews;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Finds out how much work a source would be without submitting it. Keeps nothing of the source. Blocks. A bounded number of dry
 * runs take place at a time; others are rejected.
 */
@Singleton
public final class DryRunService {
    private static final Logger LOG = Logger.getLogger(DryRunService.class);
    private static final int LIMIT = 4;
    /** So many of them are one tenant's, where there are tenants. */
    private static final int LIMIT_OF_TENANT = 2;
    /** Time to fetch an address: the client waits for the answer, and the dry run holds a slot. */
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(60);

    /**
     * A job that was not submitted.
     *
     * @param frames frames to infer, 0 when unknown; a 360° frame counts as all its views
     */
    public record Candidate(String model, long frames, Map<String, String> labels) {}

    private final JobService jobs;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final Duration fetchTimeout;
    private final Semaphore slots = new Semaphore(LIMIT);
    private final Map<String, Integer> ofTenants = new ConcurrentHashMap<>();

    @Inject
    DryRunService(JobService jobs, SourceStore sources, VideoDecoder decoder) {
        this(jobs, sources, decoder, FETCH_TIMEOUT);
    }

    DryRunService(JobService jobs, SourceStore sources, VideoDecoder decoder, Duration fetchTimeout) {
        this.jobs = jobs;
        this.sources = sources;
        this.decoder = decoder;
        this.fetchTimeout = fetchTimeout;
    }

    /** Examines a URL, which is fetched for this purpose, or a sample. */
    public Candidate of(Caller caller, Submission submission) {
        jobs.checkFetchable(submission);
        String id = jobs.newId();
        try {
            return candidate(caller, submission, submission.source().strip(), id);
        } finally {
            sources.discard(id);
        }
    }

    /** Examines an upload, which is deleted afterwards. */
    public Candidate of(Caller caller, Submission submission, Uploads.Target upload) {
        try {
            return candidate(caller, submission, upload.source(), upload.id());
        } finally {
            upload.delete();
        }
    }

    private Candidate candidate(Caller caller, Submission submission, String input, String id) {
        String model = jobs.checkedModel(submission).getName();
        enter(caller);
        try {
            VideoInfo info = probe(input, id, submission.stream());
            long frames = (info.expectedFrames() + submission.every() - 1) / submission.every();
            boolean flat = JobService.projection(submission).orElse(info.projection()) == Projection.FLAT;
            return new Candidate(model, flat ? frames : frames * SphereViews.ALL.size(), submission.labels());
        } finally {
            leave(caller);
        }
    }

    private void enter(Caller caller) {
        boolean free = slots.tryAcquire();
        if (free) {
            int most = caller.key().isEmpty() ? LIMIT : LIMIT_OF_TENANT;
            if (ofTenants.merge(caller.tenant(), 1, Integer::sum) > most) {
                leave(caller);
                free = false;
            }
        }
        if (!free) {
            throw RejectedRequestException.unavailable("too many dry runs at once; try again in a moment");
        }
    }

    private void leave(Caller caller) {
        ofTenants.computeIfPresent(caller.tenant(), (tenant, n) -> n == 1 ? null : n - 1);
        slots.release();
    }

    /** Runs on a platform thread because native code would pin the carrier of a virtual thread. */
    private VideoInfo probe(String input, String id, int stream) {
        CompletableFuture<VideoInfo> info = new CompletableFuture<>();
        long start = System.nanoTime();
        BooleanSupplier timedOut = () -> System.nanoTime() - start > fetchTimeout.toNanos();
        Thread thread = Threads.platform("dry-run-" + id, () -> {
            try {
                if (sources.remote(input)) {
                    sources.fetch(input, id, timedOut);
                }
                Path video = sources.resolve(MessageSanitizer.maskSecrets(input), id, () -> false);
                info.complete(decoder.probe(video, stream));
            } catch (SourceException e) {
                info.completeExceptionally(RejectedRequestException.unprocessable(String.valueOf(e.getMessage())));
            } catch (InterruptedException e) {
                info.completeExceptionally(
                        timedOut.getAsBoolean()
                                ? RejectedRequestException.unprocessable("the source was not fetched within "
                                        + fetchTimeout.toSeconds() + " s; submit it instead")
                                : RejectedRequestException.unavailable("the server is stopping"));
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                // Without the stack trace: messages of libraries may hold the address with its secrets.
                LOG.errorf(
                        "dry run %s: reading the source failed: %s: %s",
                        id, e.getClass().getName(), MessageSanitizer.sanitize(String.valueOf(e.getMessage())));
                info.completeExceptionally(RejectedRequestException.unprocessable(
                        "the source could not be read: an error inside the server, whose log says more"));
            }
        });
        thread.start();
        try {
            return info.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RejectedRequestException rejected ? rejected : e;
        }
    }
}
