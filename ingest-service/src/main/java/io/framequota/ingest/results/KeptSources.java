package io.framequota.ingest.results;

import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.source.SourceStore;
import io.framequota.media.decode.SourceException;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sources of jobs, for those who look at them beside the result. Nothing is fetched for them. */
@Singleton
public final class KeptSources {
    private final JobService jobs;
    private final SourceStore sources;

    KeptSources(JobService jobs, SourceStore sources) {
        this.jobs = jobs;
        this.sources = sources;
    }

    /**
     * The source of a job as a local file, which others may delete at any time.
     *
     * @throws RejectedRequestException when there is no such job, or its source is not kept here (any more, or yet)
     */
    public Path of(String id) throws InterruptedException {
        Job job = jobs.get(id);
        if (!job.progress().sourceDeleted()) {
            try {
                Path file = sources.resolve(job.spec().input(), id, () -> false);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            } catch (SourceException e) {
                // It is a stream, or was not fetched: said below.
            }
        }
        throw RejectedRequestException.gone("the source of job " + id + " is not kept here");
    }
}
