package io.framequota.ingest.job;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.source.SourceException;
import io.framequota.ingest.source.SourceStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Finds out how long each job's source is as soon as it is submitted, without waiting for a decode slot: a job that waits then
 * has a size, and one whose source cannot be used fails at once. Probes a bounded number at a time, each on a platform thread
 * of its own; sources that have to be fetched first have threads of their own, so that a slow server holds up no upload. The
 * database is the queue.
 */
@Singleton
public final class Prober {
    private static final Logger LOG = Logger.getLogger(Prober.class);
    private static final int STORED_AT_ONCE = 2;
    private static final int FETCHED_AT_ONCE = 4;
    /** Sources are fetched ahead of their decoding as long as this part of the disk is free: uploads need room too. */
    private static final double FREE_FOR_OTHERS = 0.25;

    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final JobStore jobs;
    private final JobLedger ledger;
    private final SourceStore sources;
    private final VideoDecoder decoder;
    private final IngestConfig config;
    /** Jobs being probed, and whether each was stopped. */
    private final Map<String, Probing> running = new ConcurrentHashMap<>();

    private final List<Lane> lanes = List.of(new Lane(false, STORED_AT_ONCE), new Lane(true, FETCHED_AT_ONCE));

    private static final class Probing {
        volatile boolean stopped;
    }

    Prober(
            JobStore jobs,
            JobLedger ledger,
            SourceStore sources,
            VideoDecoder decoder,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.sources = sources;
        this.decoder = decoder;
        this.config = config;
        Gauge.builder("framequota.probe.jobs", running, Map::size)
                .description(
                        "Jobs whose source is being fetched or probed; at most " + (STORED_AT_ONCE + FETCHED_AT_ONCE))
                .register(metrics);
    }

    void start() {
        lanes.forEach(lane -> lane.dispatcher.start());
    }

    /** There may be a job to probe. Returns at once. */
    void wake() {
        lanes.forEach(Lane::wake);
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
        for (Lane lane : lanes) {
            lane.dispatcher.interrupt();
            lane.dispatcher.join();
        }
        running.values().forEach(p -> p.stopped = true);
    }

    /** One kind of source, probed a number at a time. */
    private final class Lane {
        private final boolean remote;
        private final Semaphore slots;
        private final Semaphore look = new Semaphore(0);
        private final Thread dispatcher;

        Lane(boolean remote, int atOnce) {
            this.remote = remote;
            this.slots = new Semaphore(atOnce);
            this.dispatcher = Threads.virtual(remote ? "probe-fetched" : "probe-stored", this::dispatch);
        }

        void wake() {
            if (look.availablePermits() == 0) {
                look.release();
            }
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
                return remote && diskIsFull() ? Optional.empty() : jobs.nextToProbe(remote, running.keySet());
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
    }

    private boolean diskIsFull() {
        try {
            Path storage = Files.createDirectories(config.storage().toAbsolutePath());
            FileStore disk = Files.getFileStore(storage);
            return disk.getUsableSpace() < FREE_FOR_OTHERS * disk.getTotalSpace();
        } catch (IOException e) {
            LOG.debugf("the storage's free space is not known: %s", e.getMessage());
            return true;
        }
    }

    private void probe(Job job, Probing probing) {
        try {
            Path video = sources.resolve(job.spec().input(), job.id(), () -> probing.stopped);
            ledger.opened(job, decoder.probe(video, VideoDecoder.ANY_STREAM));
        } catch (SourceException e) {
            fail(job, e.getMessage() == null ? "the source cannot be used" : e.getMessage());
        } catch (InterruptedException e) {
            LOG.debugf("job %s: probing stopped", job.id());
        } catch (StoreException e) {
            LOG.warnf("job %s: probed again later: %s", job.id(), e.getMessage());
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // The decoder meets the same trouble when its turn comes, and says what becomes of the job.
            LOG.warnf(e, "job %s: its source could not be probed, so its length is known when it is decoded", job.id());
        }
    }

    private void fail(Job job, String cause) {
        try {
            ledger.fail(job.id(), cause);
        } catch (StoreException e) {
            LOG.warnf("job %s: could not be failed, probed again later: %s", job.id(), e.getMessage());
        }
    }
}
