package io.framequota.ingest.job.queue;

import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.TransportProbe;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.spherical.Panorama;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Probes the sources of jobs as soon as they are stored here, without waiting for a slot, and decides how their frames travel. So a
 * waiting job has a known length, and a job whose source is unusable fails at once.
 */
@Singleton
public final class ProbeQueue extends JobQueue<Job> {
    private static final Logger LOG = Logger.getLogger(ProbeQueue.class);
    private static final int LIMIT = 2;

    private final JobStore jobs;
    private final JobLedger ledger;
    private final ReadingGuard guard;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final TransportProbe transports;
    private final DecodeQueue decoding;
    private final RetentionSweeper retention;

    ProbeQueue(
            JobStore jobs,
            JobLedger ledger,
            ReadingGuard guard,
            SourceStore sources,
            VideoDecoder decoder,
            TransportProbe transports,
            DecodeQueue decoding,
            RetentionSweeper retention,
            MeterRegistry metrics) {
        super("probe", LIMIT, Threads::platform, false);
        this.jobs = jobs;
        this.ledger = ledger;
        this.guard = guard;
        this.sources = sources;
        this.decoder = decoder;
        this.transports = transports;
        this.decoding = decoding;
        this.retention = retention;
        Gauge.builder("framequota.probe.jobs", running(), running -> running.size())
                .description("Jobs whose source is being probed; at most " + LIMIT)
                .register(metrics);
    }

    @Override
    Optional<Job> next(Set<String> running) {
        return jobs.nextToProbe(running);
    }

    @Override
    String id(Job job) {
        return job.id();
    }

    @Override
    void work(Job job, BooleanSupplier stopped) {
        try (ReadingGuard.Attempt _ = guard.begin(job.id())) {
            Path video = sources.resolve(job.spec().input(), job.id(), stopped);
            VideoInfo info = decoder.probe(video, job.spec().stream());
            Projection projection = projection(job.spec(), info);
            ledger.insertProbed(job, info, whyPixels(job.spec(), projection, video));
        } catch (SourceException e) {
            fail(job, e);
        } catch (InterruptedException e) {
            LOG.debugf("job %s: probing was stopped", job.id());
        } catch (StoreException e) {
            LOG.warnf("job %s: probing starts again: %s", job.id(), e.getMessage());
            delayRetry();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // The decoder will fail in the same way, and then decides what happens to the job.
            LOG.warnf(e, "job %s: probing failed; the job's length is known when it is decoded", job.id());
            delayRetry();
        } finally {
            decoding.wake();
        }
    }

    private static Projection projection(JobSpec spec, VideoInfo info) throws SourceException {
        if (spec.projection().isEmpty() && !info.refusal().isEmpty()) {
            throw SourceException.lacking(info.refusal());
        }
        Projection projection = spec.projectionOf(info);
        String problem = Panorama.problem(projection, info.width(), info.height());
        if (!problem.isEmpty()) {
            throw SourceException.lacking(problem);
        }
        return projection;
    }

    /** Why the job's frames do not travel as packets, empty when they do. */
    private String whyPixels(JobSpec spec, Projection projection, Path video) throws SourceException {
        return spec.transport() == TransportChoice.PIXELS
                ? "pixels were asked for"
                : transports.whyPixels(
                        video, spec.stream(), spec.every(), spec.limits(projection), spec.longestGroup(projection));
    }

    private void fail(Job job, SourceException e) {
        try {
            ledger.fail(job.id(), e);
            if (e.isPermanent()) {
                retention.deleteSource(job.id());
            }
        } catch (StoreException failure) {
            LOG.warnf("job %s: its failure was not stored, probing starts again: %s", job.id(), failure.getMessage());
            delayRetry();
        }
    }
}
