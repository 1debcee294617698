package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Finds out how long each job's source is as soon as it is here, without waiting for a decode slot: a job that waits then has a
 * size, and one whose source cannot be used fails at once. Probes a bounded number at a time, each on a platform thread of its
 * own. The database is the queue.
 */
@Singleton
public final class ProbeQueue {
    private static final Logger LOG = Logger.getLogger(ProbeQueue.class);
    private static final int AT_ONCE = 2;

    private final JobStore jobs;
    private final JobLedger ledger;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final RetentionSweeper retention;
    private final JobQueue<Job> queue = new JobQueue<>("probe", AT_ONCE, Threads::platform, new Line());

    private final class Line implements JobQueue.Line<Job> {
        @Override
        public Optional<Job> next(Set<String> others) {
            return jobs.nextToProbe(others);
        }

        @Override
        public String id(Job next) {
            return next.id();
        }

        @Override
        public void work(Job next, BooleanSupplier stopped) {
            probe(next, stopped);
        }
    }

    ProbeQueue(
            JobStore jobs,
            JobLedger ledger,
            SourceStore sources,
            VideoDecoder decoder,
            RetentionSweeper retention,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.sources = sources;
        this.decoder = decoder;
        this.retention = retention;
        Gauge.builder("framequota.probe.jobs", queue, JobQueue::size)
                .description("Jobs whose source is being probed; at most " + AT_ONCE)
                .register(metrics);
    }

    public void start() {
        queue.start();
    }

    /** There may be a job to probe. Returns at once. */
    public void wake() {
        queue.wake();
    }

    /** The job has ended: its probe, if there is one, ends soon. */
    public void stop(String job) {
        queue.stop(job);
    }

    @PreDestroy
    void close() throws InterruptedException {
        queue.close();
    }

    private void probe(Job job, BooleanSupplier stopped) {
        try {
            Path video = sources.resolve(job.spec().input(), job.id(), stopped);
            ledger.probed(job, decoder.probe(video, job.spec().stream()));
        } catch (SourceException e) {
            fail(job, e);
        } catch (InterruptedException e) {
            LOG.debugf("job %s: probing stopped", job.id());
        } catch (StoreException e) {
            LOG.warnf("job %s: probed again later: %s", job.id(), e.getMessage());
            JobQueue.pause();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // The decoder meets the same trouble when its turn comes, and says what becomes of the job.
            LOG.warnf(e, "job %s: its source could not be probed, so its length is known when it is decoded", job.id());
            JobQueue.pause();
        }
    }

    private void fail(Job job, SourceException e) {
        try {
            ledger.fail(job.id(), e.getMessage() == null ? "the source cannot be used" : e.getMessage());
            if (e.isPermanent()) {
                // Running it again would end in the same way.
                retention.discard(job.id());
            }
        } catch (StoreException failure) {
            LOG.warnf("job %s: could not be failed, probed again later: %s", job.id(), failure.getMessage());
            JobQueue.pause();
        }
    }
}
