package io.framequota.ingest.store;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.store.files.PartialFileCleaner;
import io.framequota.ingest.store.files.Uploads;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Deletes what is no longer kept: sources of jobs that ended long enough ago, and, when a retention is set, those jobs with their
 * results. Also deletes uploads and fetched files without a job, and partial files of a killed process.
 */
@Singleton
public final class RetentionSweeper {
    private static final Logger LOG = Logger.getLogger(RetentionSweeper.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration PARTIAL_FILE_AGE = Duration.ofDays(1);
    private static final int BATCH = 100;

    private final JobStore jobs;
    private final Uploads uploads;
    private final SourceStore sources;
    private final MemberFiles members;
    private final Clock clock;
    private final IngestConfig config;
    private final Thread thread = Threads.virtual("retention", this::run);
    private List<String> possibleOrphans = List.of();

    public RetentionSweeper(
            JobStore jobs,
            Uploads uploads,
            SourceStore sources,
            MemberFiles members,
            Clock clock,
            IngestConfig config) {
        this.jobs = jobs;
        this.uploads = uploads;
        this.sources = sources;
        this.members = members;
        this.clock = clock;
        this.config = config;
    }

    /** Starts sweeping. To be called before the first submission: files that have no job now never get one. */
    public void start() {
        possibleOrphans = Stream.concat(uploads.ids().stream(), sources.ids().stream())
                .distinct()
                .toList();
        thread.start();
    }

    @PreDestroy
    public void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            PartialFileCleaner.clean(
                    config.storage().toAbsolutePath(), clock.instant().minus(PARTIAL_FILE_AGE));
            while (true) {
                try {
                    deleteOrphans();
                    while (deleteOldSources() == BATCH) {
                        LOG.debug("more sources to delete");
                    }
                    while (deleteOldJobs() == BATCH) {
                        LOG.debug("more jobs to delete");
                    }
                } catch (StoreException | UncheckedIOException e) {
                    LOG.warnf("old sources and jobs are deleted later: %s", e.getMessage());
                }
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deleteOrphans() {
        for (String id : possibleOrphans) {
            if (jobs.find(id).isEmpty()) {
                uploads.delete(id);
                sources.discard(id);
            }
        }
        possibleOrphans = List.of();
    }

    /** Deletes sources of jobs that ended long enough ago. Returns how many were deleted, at most {@link #BATCH}. */
    int deleteOldSources() {
        List<String> ids = jobs.endedWithSource(clock.instant().minus(config.uploadRetention()), BATCH);
        ids.forEach(this::deleteSource);
        return ids.size();
    }

    /**
     * Deletes jobs that ended long enough ago. Returns how many were deleted, at most {@link #BATCH}, and 0 when jobs are kept for
     * ever.
     */
    int deleteOldJobs() {
        if (config.resultRetention().isEmpty()) {
            return 0;
        }
        Instant before = clock.instant().minus(config.resultRetention().get());
        int deleted = 0;
        for (String id : jobs.endedBefore(before, BATCH)) {
            try {
                deleteJob(id, before);
                deleted++;
            } catch (UncheckedIOException e) {
                LOG.warnf("job %s is deleted later: %s", id, e.getMessage());
            }
        }
        return deleted;
    }

    /**
     * Deletes a job that has ended with everything that is kept of it. A job that has not ended stays.
     *
     * @throws RejectedRequestException when its files cannot be deleted
     */
    public void deleteJob(String id) {
        try {
            deleteJob(id, Instant.MAX);
        } catch (UncheckedIOException e) {
            LOG.warnf(e, "job %s cannot be deleted", id);
            throw RejectedRequestException.unavailable(
                    "files of job " + id + " cannot be deleted: " + MessageSanitizer.describe(e) + "; try again");
        }
    }

    private void deleteJob(String id, Instant endedBefore) {
        jobs.delete(id, endedBefore, () -> {
            uploads.delete(id);
            sources.discard(id);
            try {
                members.deleteAll(id);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Deletes the source of a job that has ended. The job can no longer be redriven. */
    public void deleteSource(String id) {
        uploads.delete(id);
        sources.discard(id);
        jobs.markSourceDeleted(id);
    }
}
