package io.framequota.ingest.job.queue;

import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.FramesRefusedException;
import io.framequota.ingest.chunk.LeavePacketsException;
import io.framequota.ingest.drive.DriveSources;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.ingest.job.ledger.DecodeAheadLimiter;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes the frames of one job, chunk after chunk, as packets or as pixels. Thread-safe. */
final class PublishWork {
    private static final Logger LOG = Logger.getLogger(PublishWork.class);

    private final ChunkStore chunks;
    private final JobLedger ledger;
    private final DecodeAheadLimiter ahead;
    private final SourceStore sources;
    private final ChunkPublisher publisher;
    private final DriveSources drives;
    private final RetentionSweeper retention;
    private final ReadingGuard guard;

    PublishWork(
            ReadingGuard guard,
            ChunkStore chunks,
            JobLedger ledger,
            DecodeAheadLimiter ahead,
            SourceStore sources,
            ChunkPublisher publisher,
            DriveSources drives,
            RetentionSweeper retention) {
        this.chunks = chunks;
        this.ledger = ledger;
        this.ahead = ahead;
        this.sources = sources;
        this.publisher = publisher;
        this.drives = drives;
        this.retention = retention;
        this.guard = guard;
    }

    /**
     * Works on a job until its source ends or its frames have to travel in another way. Does not throw.
     *
     * @param stopped whether the work shall end soon
     * @param arrived called, maybe more than once, when a chunk was written or has to wait for room: what was written before is behind
     */
    void on(Job job, BooleanSupplier stopped, Runnable arrived) {
        try {
            publish(job, stopped, arrived);
        } catch (SourceException e) {
            if (fail(job, () -> ledger.fail(job.id(), e)) && e.isPermanent()) {
                deleteSource(job);
            }
        } catch (LeavePacketsException e) {
            leavePackets(job, e);
        } catch (FramesRefusedException e) {
            fail(job, () -> ledger.fail(job.id(), String.valueOf(e.getMessage())));
        } catch (InterruptedException | CancellationException e) {
            LOG.debugf("job %s: writing its frames was stopped", job.id());
        } catch (StoreException e) {
            // The job is still running and not decoded, so it is taken again.
            LOG.warnf("job %s: its source is read again: %s", job.id(), e.getMessage());
            JobQueue.delayRetry();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.errorf(e, "job %s: writing its frames failed", job.id());
            String cause = e instanceof OutOfMemoryError
                    ? "decoding needs more memory than the server has; submit a smaller video"
                    : "decoding failed by an error inside the server, whose log says more";
            fail(job, () -> ledger.fail(job.id(), cause));
        } finally {
            // The job may have ended, now or while its drive was being opened. Results that are still to come open it
            // again.
            drives.close(job.id());
        }
    }

    private void publish(Job job, BooleanSupplier stopped, Runnable arrived)
            throws SourceException, LeavePacketsException, FramesRefusedException, InterruptedException {
        Path video = sources.resolve(job.spec().input(), job.id(), stopped);
        try (ReadingGuard.Attempt attempt = guard.begin(job.id())) {
            PublishProgress progress = new PublishProgress(job, ledger, stopped);
            progress.onFirstChunk(() -> {
                attempt.survived();
                arrived.run();
            });
            ChunkingRequest request =
                    PublishProgress.request(job, video, chunks.chunks(job.id()), drives.problems(job, video));
            ChunkRoom room = ahead.roomOf(job.id(), job.arrival(), request.packets(), progress::stopped, arrived);
            ledger.finishDecoding(job.id(), publisher.publish(request, pausing(room, attempt), progress));
        }
    }

    /** The room, with the attempt paused while it waits. */
    private static ChunkRoom pausing(ChunkRoom room, ReadingGuard.Attempt attempt) {
        return new ChunkRoom() {
            @Override
            public @Nullable Reservation tryReserve(long bytes) {
                return room.tryReserve(bytes);
            }

            @Override
            public Reservation reserve(long bytes) throws InterruptedException {
                attempt.pause();
                Reservation reserved = room.reserve(bytes);
                boolean resumed = false;
                try {
                    attempt.resume();
                    resumed = true;
                    return reserved;
                } finally {
                    if (!resumed) {
                        reserved.close();
                    }
                }
            }
        };
    }

    private void leavePackets(Job job, LeavePacketsException e) {
        try {
            ledger.leavePackets(job.id(), e.chunk(), String.valueOf(e.getMessage()));
        } catch (StoreException failure) {
            LOG.warnf("job %s: its packets are read again: %s", job.id(), failure.getMessage());
            JobQueue.delayRetry();
        }
    }

    private void deleteSource(Job job) {
        try {
            retention.deleteSource(job.id());
        } catch (StoreException e) {
            LOG.debugf("job %s: its source is deleted later: %s", job.id(), e.getMessage());
        }
    }

    /** Fails a job. Returns false when that was not stored, so that the job is decoded again. */
    private static boolean fail(Job job, Runnable failing) {
        try {
            failing.run();
            return true;
        } catch (StoreException e) {
            LOG.warnf("job %s: its failure was not stored, its source is read again: %s", job.id(), e.getMessage());
            JobQueue.delayRetry();
            return false;
        }
    }
}
