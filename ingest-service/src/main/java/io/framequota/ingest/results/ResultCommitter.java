package io.framequota.ingest.results;

import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.store.ChunkStore.Commit;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Makes one chunk's result count once, however often it comes: the member is stored under its attempt's own name, then one
 * transaction decides which attempt won. When {@link #commit} returns, the result may be forgotten by its sender.
 */
@Singleton
public final class ResultCommitter {
    private static final Logger LOG = Logger.getLogger(ResultCommitter.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final MemberFiles files;
    private final JobLedger ledger;
    private final JobService jobs;
    private final Counter won;
    private final Counter lost;
    private final Counter stale;
    private final Counter late;

    ResultCommitter(MemberFiles files, JobLedger ledger, JobService jobs, MeterRegistry metrics) {
        this.files = files;
        this.ledger = ledger;
        this.jobs = jobs;
        this.won = metrics.counter("framequota.commits", "outcome", "won");
        this.lost = metrics.counter("framequota.commits", "outcome", "lost");
        this.stale = metrics.counter("framequota.commits", "outcome", "stale-epoch");
        this.late = metrics.counter("framequota.commits", "outcome", "late");
    }

    /**
     * Commits a result, waiting for the database as long as it takes. One caller at a time.
     *
     * @throws RejectedRequestException when the result holds what cannot be stored; it never can be then
     * @throws InterruptedException when the process stops; the result must then come again
     */
    public void commit(ChunkResult result) throws InterruptedException {
        if (!isName(result.getGrant().getJob())) {
            LOG.warn("a result without a proper job id is left out");
            return;
        }
        while (true) {
            try {
                tryCommit(result);
                return;
            } catch (StoreException e) {
                LOG.warnf(
                        "job %s: chunk %d is committed later: %s",
                        result.getGrant().getJob(), result.getGrant().getChunk(), e.getMessage());
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private void tryCommit(ChunkResult result) {
        String name = MemberFiles.nameOf(result);
        try {
            // The id comes over the wire: nothing is written for a job that the authority does not know.
            if (jobs.get(result.getGrant().getJob()).ended()) {
                late.increment();
                return;
            }
            files.write(name, result.getMember());
            Commit commit = ledger.commit(result, name);
            count(commit);
            // The same attempt may come twice, and then its file is the winner's.
            if (!(commit instanceof Commit.Won)
                    && !(commit instanceof Commit.Lost(String winner) && winner.equals(name))) {
                files.remove(name);
            }
        } catch (RejectedRequestException e) {
            if (e.kind() != RejectedRequestException.Kind.UNKNOWN) {
                throw e;
            }
            late.increment();
        } catch (IOException e) {
            jobs.fail(
                    result.getGrant().getJob(),
                    "a result could not be kept in the server's storage: " + MessageSanitizer.why(e)
                            + "; free some space and redrive the job");
        }
    }

    private void count(Commit commit) {
        Counter counter = switch (commit) {
            case Commit.Won _ -> won;
            case Commit.Lost _ -> lost;
            case Commit.Stale _ -> stale;
            case Commit.Late _ -> late;
        };
        counter.increment();
    }

    private static boolean isName(String job) {
        return !job.isEmpty() && job.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-');
    }
}
