package io.framequota.ingest.results;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.drive.DriveSources;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.ChunkStore.CommitOutcome;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.media.decode.SourceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Commits the result of each chunk exactly once, however often it is delivered. Stores the member under a name of its attempt; then
 * one transaction decides which attempt wins. When {@link #commit} returns, the sender may forget the result.
 */
@Singleton
public final class ResultCommitter {
    private static final Logger LOG = Logger.getLogger(ResultCommitter.class);
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);

    private final MemberFiles files;
    private final JobLedger ledger;
    private final JobService jobs;
    private final DriveSources drives;
    private final Counter won;
    private final Counter lost;
    private final Counter stale;
    private final Counter late;
    private final Counter irregular;

    ResultCommitter(MemberFiles files, JobLedger ledger, JobService jobs, DriveSources drives, MeterRegistry metrics) {
        this.files = files;
        this.ledger = ledger;
        this.jobs = jobs;
        this.drives = drives;
        this.won = outcome("won", metrics);
        this.lost = outcome("lost", metrics);
        this.stale = outcome("stale-epoch", metrics);
        this.late = outcome("late", metrics);
        this.irregular = outcome("irregular", metrics);
    }

    private static Counter outcome(String outcome, MeterRegistry metrics) {
        return Counter.builder("framequota.commits")
                .description(
                        "Results of chunks that workers sent, by what became of them: won, or why they were not needed")
                .tag("outcome", outcome)
                .register(metrics);
    }

    /**
     * Commits a result, and waits for the database without a time limit. One caller at a time.
     *
     * @throws RejectedRequestException when the database refuses the content of the result, as it would again
     * @throws InterruptedException when the process stops; the result must then be delivered again
     */
    public void commit(ChunkResult result) throws InterruptedException {
        while (true) {
            try {
                tryCommit(result);
                return;
            } catch (StoreException e) {
                LOG.warnf(
                        "job %s: could not commit the result of chunk %d, trying again: %s",
                        result.getGrant().getJob(), result.getGrant().getChunk(), e.getMessage());
                Thread.sleep(RETRY_DELAY);
            }
        }
    }

    private void tryCommit(ChunkResult result) throws InterruptedException {
        String name = MemberFiles.nameOf(result);
        try {
            // The id comes from another process: no file is written for an unknown job or an invalid id.
            Job job = jobs.get(result.getGrant().getJob());
            if (job.ended()) {
                drives.close(job.id());
                late.increment();
                return;
            }
            if (!result.getIrregular().isEmpty()) {
                (jobs.leavePackets(result) ? irregular : late).increment();
                return;
            }
            files.write(name, drives.withDrive(job, result.getMember()));
            CommitOutcome outcome = ledger.commit(result, name);
            count(outcome);
            if (drives.isOpen(job.id()) && jobs.get(job.id()).ended()) {
                drives.close(job.id());
            }
            // When the same attempt is delivered twice, its file belongs to the winner.
            if (!(outcome instanceof CommitOutcome.Won)
                    && !(outcome instanceof CommitOutcome.Lost(String winner) && winner.equals(name))) {
                files.delete(name);
            }
        } catch (RejectedRequestException e) {
            if (e.kind() != RejectedRequestException.Kind.NOT_FOUND) {
                throw e;
            }
            late.increment();
        } catch (SourceException e) {
            jobs.fail(result.getGrant().getJob(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            jobs.fail(
                    result.getGrant().getJob(),
                    "a result could not be written to the server's storage: " + MessageSanitizer.describe(e)
                            + "; free some space and redrive the job");
        }
    }

    private void count(CommitOutcome outcome) {
        Counter counter = switch (outcome) {
            case CommitOutcome.Won _ -> won;
            case CommitOutcome.Lost _ -> lost;
            case CommitOutcome.StaleEpoch _ -> stale;
            case CommitOutcome.NotOpen _ -> late;
        };
        counter.increment();
    }
}
