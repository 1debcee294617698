package io.framequota.ingest.store;

import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.files.MemberFiles;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Results that the database knows and the storage folder no longer has: the folder was emptied, or its volume ended with its pod. The
 * windows of live results expire by themselves and are not looked at. Methods block.
 */
@Singleton
public final class LostResults {
    private static final Logger LOG = Logger.getLogger(LostResults.class);
    /** So many jobs are looked at when this service starts: a folder that was emptied shows at the newest ones. */
    private static final int NEWEST = 1000;

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final MemberFiles files;

    LostResults(JobStore jobs, ChunkStore chunks, MemberFiles files) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.files = files;
    }

    /** Logs a warning if results of the newest jobs are gone, later. */
    public void start() {
        Thread.ofVirtual().name("lost-results").start(() -> {
            try {
                report();
            } catch (StoreException e) {
                LOG.infof("stored results were not looked at: %s", e.getMessage());
            }
        });
    }

    private void report() {
        List<Job> newest = jobs.list(null, null, null, NEWEST).jobs();
        List<String> lost = newest.stream().filter(this::isLost).map(Job::id).toList();
        if (!lost.isEmpty()) {
            LOG.warnf(
                    "the results of %d of the newest %d jobs are gone, such as that of job %s: the storage folder"
                            + " (FRAMEQUOTA_STORAGE) was emptied or is not the one that it was; they are answered with"
                            + " 410",
                    lost.size(), newest.size(), lost.getFirst());
        }
    }

    /** What a job says if its result is gone; empty if it is there, as far as that can be seen at a glance. */
    public Optional<String> warning(Job job) {
        return isLost(job)
                ? Optional.of(
                        "the result is gone: the server's storage was emptied or replaced since; submit the source"
                                + " again")
                : Optional.empty();
    }

    private boolean isLost(Job job) {
        return !job.live()
                && job.progress().committed() > 0
                && !Files.isDirectory(files.path(MemberFiles.folderOf(job.id())));
    }

    /**
     * Checks that all members of a result are there, which may take some ms for a long one.
     *
     * @throws RejectedRequestException when any is gone
     */
    public void check(Job job) {
        if (job.live()) {
            return;
        }
        List<String> all = chunks.memberFiles(job.id());
        long gone = all.stream().filter(f -> !Files.exists(files.path(f))).count();
        if (gone > 0 && chunks.memberFiles(job.id()).equals(all)) {
            LOG.warnf(
                    "job %s: %d of %d parts of its result are gone from the storage folder",
                    job.id(), gone, all.size());
            throw gone(job.id(), gone + " of its " + all.size() + " parts are");
        }
    }

    /** A part of a result is gone. */
    public static RejectedRequestException gone(String job) {
        return gone(job, "a part of it is");
    }

    private static RejectedRequestException gone(String job, String what) {
        return RejectedRequestException.gone("the result of job " + job + " is gone: " + what
                + " no longer in the server's storage, which was emptied or replaced, as a volume is that ends with"
                + " its pod; submit the source again");
    }
}
