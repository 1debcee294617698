package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.StorageSpace;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Fetches the sources of jobs that name an address, a bounded number at once, in order of arrival. It has nothing of what
 * decoding has: a server that answers slowly takes no place from jobs whose sources are here. The database is the queue, and a
 * job whose source is here is the {@link ProbeQueue}'s and the {@link DecodeQueue}'s.
 *
 * <p>Sources are fetched ahead of their decoding while there is ample room for them; beyond that one at a time, when nothing is
 * decoded.
 */
@Singleton
public final class FetchQueue {
    private static final Logger LOG = Logger.getLogger(FetchQueue.class);
    /** Room for one source, as most are. */
    private static final long AMPLE = 1L << 30;

    /** Fetches of one source that are begun at most without coming to an end: the process may die of one, or the database be away. */
    private static final int MOST = 10;

    private final JobStore jobs;
    private final JobLedger ledger;
    private final DecodeQueue runner;
    private final ProbeQueue prober;
    private final StorageSpace room;
    private final SourceStore sources;
    private final JobQueue<JobStore.ToFetch> queue;

    private final class Line implements JobQueue.Line<JobStore.ToFetch> {
        @Override
        public Optional<JobStore.ToFetch> next(Set<String> others) {
            boolean ample = room.fits(AMPLE * (others.size() + 1L));
            return ample || (others.isEmpty() && runner.idle()) ? jobs.nextToFetch(others) : Optional.empty();
        }

        @Override
        public String id(JobStore.ToFetch next) {
            return next.job().id();
        }

        @Override
        public void work(JobStore.ToFetch next, BooleanSupplier stopped) {
            run(next.job().id(), next.address(), stopped);
        }
    }

    FetchQueue(
            JobStore jobs,
            JobLedger ledger,
            DecodeQueue runner,
            ProbeQueue prober,
            SourceStore sources,
            StorageSpace room,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.runner = runner;
        this.prober = prober;
        this.room = room;
        this.sources = sources;
        this.queue = new JobQueue<>("fetch", config.fetchJobs(), Threads::virtual, new Line());
        Gauge.builder("framequota.fetch.jobs", queue, JobQueue::size)
                .description("Sources being fetched; at most FRAMEQUOTA_FETCH_JOBS")
                .register(metrics);
    }

    public void start() {
        queue.start();
    }

    /** There may be a source to fetch. */
    public void wake() {
        queue.wake();
    }

    /** The job has ended: its fetch, if there is one, ends soon. */
    public void stop(String job) {
        queue.stop(job);
    }

    @PreDestroy
    void close() throws InterruptedException {
        queue.close();
    }

    private void run(String id, String address, BooleanSupplier stopped) {
        int begun = 0;
        try {
            // It may have ended before a stop could find this fetch, and be removed with all its files while they come.
            if (unwanted(id)) {
                return;
            }
            begun = jobs.unproven(id);
            if (begun >= MOST) {
                fail(
                        id,
                        "fetching this source was begun " + begun + " times and came to no end; redrive the job, or"
                                + " upload the file");
                return;
            }
            jobs.unproven(id, begun + 1);
            sources.fetch(address, id, stopped);
            if (unwanted(id)) {
                return;
            }
            jobs.unproven(id, 0);
            jobs.fetched(id);
            prober.wake();
            runner.wake();
        } catch (SourceException e) {
            fail(id, e.getMessage() == null ? "the source cannot be fetched" : e.getMessage());
        } catch (InterruptedException e) {
            LOG.debugf("job %s: fetching stopped", id);
            count(id, begun);
        } catch (StoreException e) {
            // It stays to be fetched, and what is here is not fetched twice.
            LOG.warnf("job %s: fetching begins again: %s", id, e.getMessage());
            JobQueue.pause();
        } catch (Throwable e) {
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

    /** How often fetching was begun without an end, over restarts; the same number counts decoding, which comes later. */
    private void count(String id, int begun) {
        try {
            jobs.unproven(id, begun);
        } catch (StoreException e) {
            LOG.debugf("job %s: how often it was fetched was not kept: %s", id, e.getMessage());
        }
    }

    private void fail(String id, String cause) {
        count(id, 0);
        try {
            ledger.fail(id, cause);
        } catch (RuntimeException e) {
            LOG.warnf("job %s: could not be failed, fetching begins again: %s", id, e.getMessage());
            JobQueue.pause();
        }
    }
}
