package io.framequota.ingest.job;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.source.SourceException;
import io.framequota.ingest.source.SourceStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Finds out how long each job's source is as soon as it is here, without waiting for a decode slot: a job that waits then has a
 * size, and one whose source cannot be used fails at once. Probes a bounded number at a time, each on a platform thread of its
 * own. The database is the queue.
 */
@Singleton
public final class Prober {
    private static final Logger LOG = Logger.getLogger(Prober.class);
    private static final int AT_ONCE = 2;
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final JobStore jobs;
    private final JobLedger ledger;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final Retention retention;
    /** Jobs being probed, and whether each was stopped. */
    private final Map<String, Probing> running = new ConcurrentHashMap<>();

    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final Semaphore look = new Semaphore(0);
    private final Thread dispatcher = Threads.virtual("probe-dispatcher", this::dispatch);

    private static final class Probing {
        volatile boolean stopped;
    }

    Prober(
            JobStore jobs,
            JobLedger ledger,
            SourceStore sources,
            VideoDecoder decoder,
            Retention retention,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.sources = sources;
        this.decoder = decoder;
        this.retention = retention;
        Gauge.builder("framequota.probe.jobs", running, Map::size)
                .description("Jobs whose source is being probed; at most " + AT_ONCE)
                .register(metrics);
    }

    void start() {
        dispatcher.start();
    }

    /** There may be a job to probe. Returns at once. */
    void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
    }

    /** The job has ended: its probe, if there is one, ends soon. */
    void stop(String job) {
        Probing probing = running.get(job);
        if (probing != null) {
            probing.stopped = true;
        }
    }

    @PreDestroy
    void close() throws InterruptedException {
        dispatcher.interrupt();
        dispatcher.join();
        running.values().forEach(p -> p.stopped = true);
    }

    private void dispatch() {
        try {
            while (true) {
                slots.acquire();
                Optional<Job> next = next();
                if (next.isPresent()) {
                    begin(next.get());
                } else {
                    slots.release();
                    look.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                    look.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Job> next() throws InterruptedException {
        try {
            return jobs.nextToProbe(running.keySet());
        } catch (StoreException e) {
            LOG.warnf("probing waits: %s", e.getMessage());
            Thread.sleep(AFTER_TROUBLE);
            return Optional.empty();
        }
    }

    private void begin(Job job) {
        Probing probing = new Probing();
        running.put(job.id(), probing);
        Threads.platform("probe-" + job.id(), () -> {
                    try {
                        probe(job, probing);
                    } finally {
                        running.remove(job.id());
                        slots.release();
                    }
                })
                .start();
    }

    private void probe(Job job, Probing probing) {
        try {
            Path video = sources.resolve(job.spec().input(), job.id(), () -> probing.stopped);
            ledger.probed(job, decoder.probe(video, job.spec().stream()));
        } catch (SourceException e) {
            fail(job, e);
        } catch (InterruptedException e) {
            LOG.debugf("job %s: probing stopped", job.id());
        } catch (StoreException e) {
            LOG.warnf("job %s: probed again later: %s", job.id(), e.getMessage());
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // The decoder meets the same trouble when its turn comes, and says what becomes of the job.
            LOG.warnf(e, "job %s: its source could not be probed, so its length is known when it is decoded", job.id());
        }
    }

    private void fail(Job job, SourceException e) {
        try {
            ledger.fail(job.id(), e.getMessage() == null ? "the source cannot be used" : e.getMessage());
            if (e.isForGood()) {
                // Running it again would end in the same way.
                retention.discard(job.id());
            }
        } catch (StoreException failure) {
            LOG.warnf("job %s: could not be failed, probed again later: %s", job.id(), failure.getMessage());
        }
    }
}
