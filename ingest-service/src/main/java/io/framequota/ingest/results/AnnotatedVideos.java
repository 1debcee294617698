package io.framequota.ingest.results;

import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.annotate.Annotator;
import io.framequota.ingest.annotate.Drawing;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.drive.DriveSources;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.LostResults;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.media.decode.SourceException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Videos with their detections drawn in. A video is rendered on the first request and kept beside the members of its result. */
@Singleton
public final class AnnotatedVideos {
    private static final Logger LOG = Logger.getLogger(AnnotatedVideos.class);
    private static final String PICTURE = ".jpg";

    private final JobService jobs;
    private final ChunkStore chunks;
    private final MemberStream members;
    private final MemberFiles files;
    private final SourceStore sources;
    private final Annotator annotator;
    private final DriveSources drives;
    private final StorageSpace room;
    private final LostResults lost;
    private final ConcurrentMap<Path, CompletableFuture<Path>> renderings = new ConcurrentHashMap<>();
    /** One rendering at a time, because rendering must not take the cores from running jobs. */
    private final Semaphore renderer = new Semaphore(1);

    AnnotatedVideos(
            JobService jobs,
            ChunkStore chunks,
            MemberStream members,
            MemberFiles files,
            SourceStore sources,
            Annotator annotator,
            DriveSources drives,
            StorageSpace room,
            LostResults lost) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.members = members;
        this.files = files;
        this.sources = sources;
        this.annotator = annotator;
        this.drives = drives;
        this.room = room;
        this.lost = lost;
    }

    /**
     * Returns the finished MP4; blocks while it is rendered. Concurrent callers wait for the same rendering.
     *
     * @param tracking whether objects have the numbers and colours of their tracks; the zones are the submission's
     */
    public Path of(String id, Optional<Tracking> tracking) throws InterruptedException {
        return of(jobs.get(id), tracking, ".mp4");
    }

    /** The same for a job whose source is one picture: a JPEG file. */
    public Path pictureOf(String id, Optional<Tracking> tracking) throws InterruptedException {
        Job job = jobs.get(id);
        if (job.state() instanceof JobState.Succeeded && job.progress().frames() != 1) {
            throw RejectedRequestException.unprocessable("job " + id + " has "
                    + job.progress().frames() + " frames, which are no picture; ask for video/mp4");
        }
        return of(job, tracking, PICTURE);
    }

    private Path of(Job job, Optional<Tracking> tracking, String suffix) throws InterruptedException {
        String id = job.id();
        if (!(job.state() instanceof JobState.Succeeded)) {
            throw RejectedRequestException.conflict(
                    "job " + id + " is " + job.state().name() + "; its video is available once it is SUCCEEDED");
        }
        Path file = files.path("results/" + id + (tracking.isPresent() ? "/annotated-tracks" : "/annotated") + suffix);
        if (Files.exists(file)) {
            return file;
        }
        // Before anything is written into the result's folder.
        lost.check(job);
        if (job.progress().sourceDeleted()) {
            throw RejectedRequestException.gone("the source of job " + id + " is no longer kept");
        }
        CompletableFuture<Path> rendering = renderings.computeIfAbsent(file, f -> begin(job, f, tracking));
        try {
            return rendering.get();
        } catch (ExecutionException e) {
            throw refused(id, e.getCause() == null ? e : e.getCause());
        }
    }

    private CompletableFuture<Path> begin(Job job, Path file, Optional<Tracking> tracking) {
        CompletableFuture<Path> done = new CompletableFuture<>();
        Threads.platform("annotate-" + job.id(), () -> {
                    try {
                        renderer.acquire();
                        try {
                            done.complete(render(job, file, tracking));
                        } finally {
                            renderer.release();
                        }
                    } catch (Throwable e) {
                        // Callers wait for errors too, such as a native library that cannot be loaded.
                        done.completeExceptionally(e);
                    } finally {
                        renderings.remove(file);
                    }
                })
                .start();
        return done;
    }

    private Path render(Job job, Path file, Optional<Tracking> tracking)
            throws SourceException, IOException, InterruptedException {
        if (!Files.exists(file)) {
            if (!room.fits(1)) {
                throw RejectedRequestException.storageFull("the video of job " + job.id()
                        + " cannot be rendered: the server's storage is full; free some space, then try again");
            }
            Path video = sources.resolve(job.spec().input(), job.id(), () -> false);
            Files.createDirectories(file.getParent());
            Iterator<ResultLine> lines = new ResultLineIterator(chunks, files, job.id());
            Drawing drawing = new Drawing(
                    video, job.spec().stream(), tracking.map(Tracking::zones).orElse(List.of()), drives.times(job));
            Iterator<ResultLine> drawn = tracking.isPresent() ? TrackedLines.of(tracks(job.id()), lines) : lines;
            if (file.toString().endsWith(PICTURE)) {
                annotator.renderPicture(drawing, drawn, file);
            } else {
                annotator.render(drawing, drawn, file);
            }
        }
        return file;
    }

    private Tracks tracks(String id) throws IOException, InterruptedException {
        Tracks tracks = new Tracks(TrackerSettings.DEFAULT);
        new MemberFrames(id, false, members::each, jobs::get)
                .each(frame -> tracks.add(frame.key(), frame.objects()), () -> {});
        tracks.finish();
        return tracks;
    }

    private static RejectedRequestException refused(String id, Throwable cause) {
        if (cause instanceof RejectedRequestException refusal) {
            return refusal;
        }
        if (!(cause instanceof SourceException)) {
            LOG.errorf(cause, "job %s: rendering its video failed", id);
        }
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
            return RejectedRequestException.storageFull("the video of job " + id + " could not be written: "
                    + MessageSanitizer.describe(cause) + "; free some space there");
        }
        String why = cause instanceof SourceException && cause.getMessage() != null
                ? cause.getMessage()
                : MessageSanitizer.describe(cause);
        return RejectedRequestException.unprocessable("the video of job " + id + " could not be rendered: " + why);
    }
}
