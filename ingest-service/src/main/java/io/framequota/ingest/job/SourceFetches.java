package io.framequota.ingest.job;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.source.SourceException;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.storage.StorageRoom;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Fetches the sources of jobs that name an address, a bounded number at once, in order of arrival. It has nothing of what
 * decoding has: a server that answers slowly takes no place from jobs whose sources are here. The database is the queue, and a
 * job whose source is here is the {@link Prober}'s and the {@link JobRunner}'s.
 *
 * <p>Sources are fetched ahead of their decoding while there is ample room for them; beyond that one at a time, when nothing is
 * decoded.
 */
@Singleton
public final class SourceFetches {
    private static final Logger LOG = Logger.getLogger(SourceFetches.class);
    /** Room for one source, as most are. */
    private static final long AMPLE = 1L << 30;

    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private static final class Fetch {
        private volatile boolean stopped;

        boolean stopped() {
            return stopped;
        }
    }

    private final JobStore jobs;
    private final JobLedger ledger;
    private final JobRunner runner;
    private final Prober prober;
    private final StorageRoom room;
    private final SourceStore sources;
    private final Semaphore slots;
    private final Semaphore look = new Semaphore(0);
    private final Map<String, Fetch> running = new ConcurrentHashMap<>();
    private final Thread dispatcher = Threads.virtual("fetch-dispatcher", this::dispatch);

    SourceFetches(
            JobStore jobs,
            JobLedger ledger,
            JobRunner runner,
            Prober prober,
            SourceStore sources,
            StorageRoom room,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.runner = runner;
        this.prober = prober;
        this.room = room;
        this.sources = sources;
        this.slots = new Semaphore(config.fetchJobs());
        Gauge.builder("framequota.fetch.jobs", running, Map::size)
                .description("Sources being fetched; at most FRAMEQUOTA_FETCH_JOBS")
                .register(metrics);
    }

    void start() {
        dispatcher.start();
    }

    /** There may be a source to fetch. */
    void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
    }

    /** The job has ended: its fetch, if there is one, ends soon. */
    void stop(String job) {
        Fetch fetch = running.get(job);
        if (fetch != null) {
            fetch.stopped = true;
        }
    }

    @PreDestroy
    void close() throws InterruptedException {
        dispatcher.interrupt();
        dispatcher.join();
        running.keySet().forEach(this::stop);
    }

    private void dispatch() {
        try {
            while (true) {
                slots.acquire();
                Optional<JobStore.ToFetch> next = next();
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

    private Optional<JobStore.ToFetch> next() throws InterruptedException {
        try {
            boolean ample = room.fits(AMPLE * (running.size() + 1L));
            return ample || (running.isEmpty() && runner.idle())
                    ? jobs.nextToFetch(running.keySet())
                    : Optional.empty();
        } catch (StoreException e) {
            LOG.warnf("fetching waits: %s", e.getMessage());
            Thread.sleep(AFTER_TROUBLE);
            return Optional.empty();
        }
    }

    private void begin(JobStore.ToFetch next) {
        String id = next.job().id();
        Fetch fetch = new Fetch();
        running.put(id, fetch);
        Threads.virtual("fetch-" + id, () -> {
                    try {
                        run(id, next.address(), fetch);
                    } finally {
                        running.remove(id);
                        slots.release();
                        wake();
                    }
                })
                .start();
    }

    private void run(String id, String address, Fetch fetch) {
        try {
            // It may have ended before a stop could find this fetch, and be removed with all its files while they come.
            if (unwanted(id)) {
                return;
            }
            sources.fetch(address, id, fetch::stopped);
            if (unwanted(id)) {
                return;
            }
            jobs.fetched(id);
            prober.wake();
            runner.wake();
        } catch (SourceException e) {
            fail(id, e.getMessage() == null ? "the source cannot be fetched" : e.getMessage());
        } catch (InterruptedException e) {
            LOG.debugf("job %s: fetching stopped", id);
        } catch (StoreException e) {
            // It stays to be fetched, and what is here is not fetched twice.
            LOG.warnf("job %s: fetching begins again: %s", id, e.getMessage());
            pause();
        } catch (RuntimeException e) {
            // Not with its own words: they may hold the address.
            LOG.errorf("job %s: fetching failed with %s", id, e.getClass().getName());
            fail(id, "the source cannot be fetched: an error inside the server; submit it again");
        }
    }

    /** Whether the job has ended or is gone; nothing is left of its source then. */
    private boolean unwanted(String id) {
        boolean unwanted = jobs.find(id).map(Job::ended).orElse(true);
        if (unwanted) {
            sources.discard(id);
        }
        return unwanted;
    }

    private void fail(String id, String cause) {
        try {
            ledger.fail(id, cause);
        } catch (StoreException e) {
            LOG.warnf("job %s: could not be failed, fetching begins again: %s", id, e.getMessage());
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AFTER_TROUBLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
