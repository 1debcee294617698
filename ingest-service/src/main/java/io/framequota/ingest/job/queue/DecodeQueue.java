package io.framequota.ingest.job.queue;

import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.FramesRefusedException;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.DecodeAheadLimiter;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Decodes the sources of jobs and writes their frames, chunk after chunk. Jobs are taken in the order that the current policy wants,
 * then by arrival. When one of the policy's first jobs waits for a slot, the last of the jobs being decoded gives up its slot, and
 * later continues after its last known chunk.
 */
@Singleton
public final class DecodeQueue extends JobQueue<Job> {
    private static final Logger LOG = Logger.getLogger(DecodeQueue.class);

    /** A job keeps its slot at least this long, because starting to decode again has a cost. */
    private static final Duration MIN_SLOT_TIME = Duration.ofSeconds(2);

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final JobLedger ledger;
    private final DecodeAheadLimiter ahead;
    private final SourceStore sources;
    private final ChunkPublisher publisher;
    private final RetentionSweeper retention;
    private final DecodeCrashGuard crashGuard;
    private final int limit;
    private volatile List<String> order = List.of();

    DecodeQueue(
            JobStore jobs,
            ChunkStore chunks,
            JobLedger ledger,
            DecodeAheadLimiter ahead,
            SourceStore sources,
            ChunkPublisher publisher,
            RetentionSweeper retention,
            IngestConfig config,
            MeterRegistry metrics) {
        super("decode", config.decodeJobs(), Threads::platform, true);
        this.jobs = jobs;
        this.chunks = chunks;
        this.ledger = ledger;
        this.ahead = ahead;
        this.sources = sources;
        this.publisher = publisher;
        this.retention = retention;
        this.limit = config.decodeJobs();
        this.crashGuard = new DecodeCrashGuard(jobs);
        Gauge.builder("framequota.decode.jobs", running(), Map::size)
                .description("Jobs being decoded, each with one scaled frame in memory; at most FRAMEQUOTA_DECODE_JOBS")
                .register(metrics);
    }

    /** Sets the order of the jobs that are decoded first. The others follow by arrival. */
    public void setOrder(List<String> jobs) {
        order = List.copyOf(jobs);
        ahead.setOrder(order);
        wake();
    }

    /** Whether nothing is decoded now. */
    boolean isIdle() {
        return running().isEmpty();
    }

    @Override
    Optional<Job> next(Set<String> running) {
        ledger.reconcile();
        Optional<Job> next = jobs.nextToDecode(order, running);
        while (next.isPresent() && !ledger.startDecoding(next.get().id())) {
            next = jobs.nextToDecode(order, running);
        }
        return next;
    }

    @Override
    String id(Job job) {
        return job.id();
    }

    /** Stops the last job of the order when one of the first waits for a slot. */
    @Override
    void onFull() {
        ledger.reconcile();
        List<String> wanted = order;
        List<String> first = wanted.subList(0, Math.min(limit, wanted.size()));
        boolean slotComesFree = running().values().stream().anyMatch(Task::isStopped);
        if (slotComesFree || running().keySet().containsAll(first) || !anyWaits(first)) {
            return;
        }
        running().entrySet().stream()
                .filter(e -> !first.contains(e.getKey()) && e.getValue().age().compareTo(MIN_SLOT_TIME) >= 0)
                .map(Map.Entry::getKey)
                .max(Comparator.comparingInt(job -> rank(wanted, job)))
                .ifPresent(job -> {
                    LOG.debugf("job %s: decoding pauses because other jobs come first", job);
                    stop(job);
                });
    }

    private boolean anyWaits(List<String> first) {
        try {
            return jobs.nextToDecode(first, running().keySet())
                    .filter(job -> first.contains(job.id()))
                    .isPresent();
        } catch (StoreException e) {
            LOG.debugf("the jobs that wait for a decode slot are read again later: %s", e.getMessage());
            return false;
        }
    }

    private static int rank(List<String> wanted, String job) {
        int rank = wanted.indexOf(job);
        return rank < 0 ? Integer.MAX_VALUE : rank;
    }

    @Override
    void work(Job job, BooleanSupplier stopped) {
        try {
            decode(job, stopped);
        } catch (SourceException e) {
            if (fail(job, String.valueOf(e.getMessage())) && e.isPermanent()) {
                deleteSource(job);
            }
        } catch (FramesRefusedException e) {
            fail(job, String.valueOf(e.getMessage()));
        } catch (InterruptedException | CancellationException e) {
            LOG.debugf("job %s: decoding was stopped", job.id());
        } catch (StoreException e) {
            // The job is still running and not decoded, so it is taken again.
            LOG.warnf("job %s: decoding starts again: %s", job.id(), e.getMessage());
            delayRetry();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.errorf(e, "job %s: decoding failed", job.id());
            fail(
                    job,
                    e instanceof OutOfMemoryError
                            ? "decoding needs more memory than the server has; submit a smaller video"
                            : "decoding failed by an error inside the server, whose log says more");
        }
    }

    private void decode(Job job, BooleanSupplier stopped)
            throws SourceException, FramesRefusedException, InterruptedException {
        Path video = sources.resolve(job.spec().input(), job.id(), stopped);
        try (DecodeCrashGuard.Attempt attempt = crashGuard.begin(job.id())) {
            PublishProgress progress = new PublishProgress(job, ledger, stopped);
            progress.onFirstChunk(attempt::survived);
            ChunkingRequest request = PublishProgress.request(
                    job.spec(), video, chunks.chunks(job.id()), job.progress().warnings());
            ChunkRoom room = ahead.roomOf(job.id(), job.arrival(), progress::stopped, attempt::survived);
            ledger.finishDecoding(job.id(), publisher.publish(request, room, progress));
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
    private boolean fail(Job job, String cause) {
        try {
            ledger.fail(job.id(), cause);
            return true;
        } catch (StoreException e) {
            LOG.warnf("job %s: its failure was not stored, decoding starts again: %s", job.id(), e.getMessage());
            delayRetry();
            return false;
        }
    }
}
