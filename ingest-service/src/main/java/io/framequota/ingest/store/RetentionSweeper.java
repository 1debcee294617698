package io.framequota.ingest.store;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.files.PartialFileCleaner;
import io.framequota.ingest.store.files.Uploads;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Removes sources some time after their jobs ended, jobs and their results when that is asked for, uploads and fetched files that
 * are no job's, and what a killed process left half written.
 */
@Singleton
public final class RetentionSweeper {
    private static final Logger LOG = Logger.getLogger(RetentionSweeper.class);
    private static final Duration BETWEEN = Duration.ofMinutes(1);
    private static final Duration HALF_WRITTEN = Duration.ofDays(1);
    private static final int BATCH = 100;

    private final JobStore jobs;
    private final Uploads uploads;
    private final SourceStore sources;
    private final ResultFiles results;
    private final Clock clock;
    private final IngestConfig config;
    private final Thread thread = Threads.virtual("retention", this::run);
    private List<String> orphans = List.of();

    public RetentionSweeper(
            JobStore jobs,
            Uploads uploads,
            SourceStore sources,
            ResultFiles results,
            Clock clock,
            IngestConfig config) {
        this.jobs = jobs;
        this.uploads = uploads;
        this.sources = sources;
        this.results = results;
        this.clock = clock;
        this.config = config;
    }

    /** To be called before the first submission is taken: what is there now and has no job never gets one. */
    public void start() {
        orphans = found();
        thread.start();
    }

    @PreDestroy
    public void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            PartialFileCleaner.remove(
                    config.storage().toAbsolutePath(), clock.instant().minus(HALF_WRITTEN));
            while (true) {
                try {
                    removeOrphans();
                    while (discardEnded() == BATCH) {
                        LOG.debug("more sources to remove");
                    }
                    while (forgetEnded() == BATCH) {
                        LOG.debug("more jobs to remove");
                    }
                } catch (StoreException | UncheckedIOException e) {
                    LOG.warnf("what is old is removed later: %s", e.getMessage());
                }
                Thread.sleep(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> found() {
        return Stream.concat(uploads.ids().stream(), sources.ids().stream())
                .distinct()
                .toList();
    }

    private void removeOrphans() {
        for (String id : orphans) {
            if (jobs.find(id).isEmpty()) {
                uploads.remove(id);
                sources.discard(id);
            }
        }
        orphans = List.of();
    }

    /** @return how many were removed, at most {@link #BATCH} */
    int discardEnded() {
        List<String> ids = jobs.toDiscard(clock.instant().minus(config.uploadRetention()), BATCH);
        for (String id : ids) {
            discard(id);
        }
        return ids.size();
    }

    /** @return how many were removed, at most {@link #BATCH}; none where results are kept for ever */
    int forgetEnded() {
        if (config.resultRetention().isEmpty()) {
            return 0;
        }
        Instant before = clock.instant().minus(config.resultRetention().get());
        List<String> ids = jobs.endedBefore(before, BATCH);
        int forgotten = 0;
        for (String id : ids) {
            try {
                forget(id, before);
                forgotten++;
            } catch (UncheckedIOException e) {
                LOG.warnf("job %s is removed later: %s", id, e.getMessage());
            }
        }
        return forgotten;
    }

    /**
     * Forgets a job that has ended, with everything that is kept of it; one that runs stays.
     *
     * @throws RejectedRequestException when its files cannot be removed
     */
    public void forget(String id) {
        try {
            forget(id, Instant.MAX);
        } catch (UncheckedIOException e) {
            LOG.warnf(e, "job %s cannot be removed", id);
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNAVAILABLE,
                    "files of job " + id + " cannot be removed: " + MessageSanitizer.why(e) + "; try again");
        }
    }

    private void forget(String id, Instant endedBefore) {
        jobs.forget(id, endedBefore, () -> {
            uploads.remove(id);
            sources.discard(id);
            results.discard(id);
        });
    }

    /** Removes the source of a job that has ended: it cannot be redriven any more. */
    public void discard(String id) {
        uploads.remove(id);
        sources.discard(id);
        jobs.discarded(id);
    }
}
