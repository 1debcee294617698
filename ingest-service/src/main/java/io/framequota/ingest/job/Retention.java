package io.framequota.ingest.job;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.source.SourceStore;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** Removes sources some time after their jobs ended, and uploads that never became a job's. */
@Singleton
final class Retention {
    private static final Logger LOG = Logger.getLogger(Retention.class);
    private static final Duration BETWEEN = Duration.ofMinutes(1);
    private static final int BATCH = 100;

    private final JobStore jobs;
    private final Uploads uploads;
    private final SourceStore sources;
    private final Clock clock;
    private final Duration kept;
    private final Thread thread = Threads.virtual("retention", this::run);
    private List<String> orphans = List.of();

    Retention(JobStore jobs, Uploads uploads, SourceStore sources, Clock clock, IngestConfig config) {
        this.jobs = jobs;
        this.uploads = uploads;
        this.sources = sources;
        this.clock = clock;
        this.kept = config.uploadRetention();
    }

    /** To be called before the first submission is taken: what is there now and has no job never gets one. */
    void start() {
        orphans = uploads.ids();
        thread.start();
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                try {
                    removeOrphans();
                    while (discardEnded() == BATCH) {
                        LOG.debug("more sources to remove");
                    }
                } catch (StoreException | UncheckedIOException e) {
                    LOG.warnf("old sources are removed later: %s", e.getMessage());
                }
                Thread.sleep(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeOrphans() {
        for (String id : orphans) {
            if (jobs.find(id).isEmpty()) {
                uploads.remove(id);
            }
        }
        orphans = List.of();
    }

    /** @return how many were removed, at most {@link #BATCH} */
    int discardEnded() {
        List<String> ids = jobs.toDiscard(clock.instant().minus(kept), BATCH);
        for (String id : ids) {
            uploads.remove(id);
            sources.discard(id);
            jobs.discarded(id);
        }
        return ids.size();
    }
}
