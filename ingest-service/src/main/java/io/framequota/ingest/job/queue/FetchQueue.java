package io.framequota.ingest.job.queue;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.StorageSpace;
import io.framequota.media.decode.SourceException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Fetches the sources of jobs that name an address, in order of arrival. It uses no decode slot, so a server that answers slowly
 * delays no job whose source is stored here. A fetched source is passed on to the {@link ProbeQueue} and the {@link DecodeQueue}.
 *
 * <p>Sources are fetched ahead of their decoding while the disk has room for one more large source. Otherwise one source is
 * fetched at a time, while nothing is decoded.
 */
@Singleton
public final class FetchQueue extends JobQueue<JobStore.FetchTask> {
    private static final Logger LOG = Logger.getLogger(FetchQueue.class);
    /** Most sources are smaller, in bytes. */
    private static final long LARGE_SOURCE = 1L << 30;

    /** Attempts to fetch one source that may end without an outcome, because the process dies or the database is away. */
    private static final int MAX_ATTEMPTS = 10;

    private final JobStore jobs;
    private final JobLedger ledger;
    private final DecodeQueue decoding;
    private final ProbeQueue probing;
    private final StorageSpace space;
    private final SourceStore sources;
    private final int ofTenant;

    FetchQueue(
            JobStore jobs,
            JobLedger ledger,
            DecodeQueue decoding,
            ProbeQueue probing,
            SourceStore sources,
            StorageSpace space,
            IngestConfig config,
            MeterRegistry metrics) {
        super("fetch", config.fetchJobs(), Threads::virtual, false);
        this.jobs = jobs;
        this.ledger = ledger;
        this.decoding = decoding;
        this.probing = probing;
        this.sources = sources;
        this.space = space;
        // Where there are several tenants, slow addresses of one do not hold up the others.
        this.ofTenant = config.auth().equals("off") ? config.fetchJobs() : Math.max(1, config.fetchJobs() / 2);
        Gauge.builder("framequota.fetch.jobs", running(), running -> running.size())
                .description("Sources being fetched; at most FRAMEQUOTA_FETCH_JOBS")
                .register(metrics);
    }

    @Override
    Optional<JobStore.FetchTask> next(Set<String> running) {
        boolean ample = space.fits(LARGE_SOURCE * (running.size() + 1L));
        return ample || (running.isEmpty() && decoding.isIdle())
                ? jobs.nextToFetch(running, ofTenant)
                : Optional.empty();
    }

    @Override
    String id(JobStore.FetchTask task) {
        return task.job().id();
    }

    @Override
    void work(JobStore.FetchTask task, BooleanSupplier stopped) {
        String id = task.job().id();
        int attempts = 0;
        try {
            // The job may have ended, or been deleted, before stop() could find this task.
            if (discardedAsUnwanted(id)) {
                return;
            }
            attempts = jobs.unfinishedAttempts(id);
            if (attempts >= MAX_ATTEMPTS) {
                fail(
                        id,
                        "fetching the source started " + attempts + " times and never finished; redrive the job, or"
                                + " upload the file");
                return;
            }
            jobs.setUnfinishedAttempts(id, attempts + 1);
            sources.fetch(task.address(), id, stopped);
            if (discardedAsUnwanted(id)) {
                return;
            }
            jobs.setUnfinishedAttempts(id, 0);
            jobs.markFetched(id);
            probing.wake();
            decoding.wake();
        } catch (SourceException e) {
            fail(id, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            LOG.debugf("job %s: fetching was stopped", id);
            setAttempts(id, attempts);
        } catch (StoreException e) {
            // The job still waits to be fetched. A source that is complete is not fetched again.
            LOG.warnf("job %s: fetching starts again: %s", id, e.getMessage());
            delayRetry();
        } catch (Throwable e) {
            // Without the message, which may hold the address.
            LOG.errorf("job %s: fetching failed with %s", id, e.getClass().getName());
            fail(id, "the source cannot be fetched: an error inside the server; submit it again");
        }
    }

    /** Deletes the source of a job that has ended or was deleted. Returns whether it did. */
    private boolean discardedAsUnwanted(String id) {
        boolean unwanted = jobs.find(id).map(Job::ended).orElse(true);
        if (unwanted) {
            sources.discard(id);
        }
        return unwanted;
    }

    private void setAttempts(String id, int attempts) {
        try {
            jobs.setUnfinishedAttempts(id, attempts);
        } catch (StoreException e) {
            LOG.debugf("job %s: the number of attempts to fetch its source was not stored: %s", id, e.getMessage());
        }
    }

    private void fail(String id, String cause) {
        setAttempts(id, 0);
        try {
            ledger.fail(id, cause);
        } catch (RuntimeException e) {
            LOG.warnf("job %s: its failure was not stored, fetching starts again: %s", id, e.getMessage());
            delayRetry();
        }
    }
}
