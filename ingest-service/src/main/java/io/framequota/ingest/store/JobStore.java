package io.framequota.ingest.store;

import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The authority's jobs. Every method is one transaction, may block, and throws {@link StoreException}. */
public interface JobStore {
    /** What a submission came to: the job, and whether this call made it. */
    record Inserted(Job job, boolean created) {}

    /** What a change came to: the job after it, and whether anything changed. */
    record Change(Job job, boolean changed) {}

    /**
     * What a submission brings besides the job.
     *
     * @param key the client's idempotency key; null for none
     * @param fingerprint of everything that was submitted: the same key with another one is refused
     * @param remote the address to fetch the source from, with its secrets, which are kept until it is fetched and no longer than
     *     the source would be; null when the source is here
     */
    record Asked(
            @Nullable String key,
            byte[] fingerprint,
            @Nullable String remote) {}

    /**
     * Adds a queued job, unless the key has made one before; then answers with that.
     *
     * @throws RejectedRequestException when the key has made one from another submission
     */
    Inserted insert(JobSpec spec, Instant now, Asked asked);

    /** The job. */
    Optional<Job> find(String id);

    /** The job that this idempotency key made. */
    Optional<Job> findByKey(String key);

    /** Jobs of a list, and whether there are more behind the last. */
    record Page(List<Job> jobs, boolean more) {}

    /**
     * The newest jobs first; only those in a state when one is named, and only those that came before a job when one is. A page
     * ends at the limit, and before it holds more text than memory should: with one job at least, if there is one.
     */
    Page list(@Nullable String state, @Nullable String before, int limit);

    /** Queued and running jobs by arrival. */
    List<Job> open();

    /**
     * The next job that still is to be decoded and whose source is here, other than these.
     *
     * @param order ids of those that come first, in this order; the rest comes after them by arrival
     */
    Optional<Job> nextToDecode(List<String> order, Set<String> others);

    /** A job and the address that its source is fetched from, with its secrets: not to be shown or logged. */
    record ToFetch(Job job, String address) {
        @Override
        public String toString() {
            return "the source of job " + job.id();
        }
    }

    /** The first job by arrival whose source still is to be fetched, other than these. */
    Optional<ToFetch> nextToFetch(Set<String> others);

    /** The job's source is here; secrets of its address are forgotten. */
    void fetched(String id);

    /** Jobs that ended at this time or later. */
    List<Job> endedSince(Instant since);

    /**
     * Moves a job to another state. A job that ends drops its open chunks; one that is queued again must write its dropped
     * ones again, with attempts above all earlier ones.
     *
     * @param step the new state, or null to leave it
     * @return empty when there is no such job
     */
    Optional<Change> move(String id, Function<JobState, @Nullable JobState> step);

    /**
     * The same, by a leader.
     *
     * @throws StaleEpochException when another leads by the time of the change
     */
    Optional<Change> moveUnder(long epoch, String id, Function<JobState, @Nullable JobState> step);

    /**
     * Takes the first job by arrival that is to be probed and whose source is here, other than these; one that was taken several times without an
     * outcome is not taken again.
     */
    Optional<Job> nextToProbe(Set<String> others);

    /** Keeps what is known of the source, in place of what was; whether that is news. An ended or decoded job stays as it is. */
    boolean probed(String id, Probed probed);

    /** The same where nothing is known of the source yet. */
    boolean probedFirst(String id, Probed probed);

    /** Times that decoding the job was begun without coming to anything, not even to an end. */
    int unproven(String id);

    /** Keeps that number. */
    void unproven(String id, int times);

    /** Keeps the end of decoding; the job succeeds when every chunk is committed. */
    Optional<Change> decoded(String id, ChunkingSummary summary, Instant now);

    /** Ids of ended jobs whose sources are still kept although they ended before this. */
    List<String> toDiscard(Instant endedBefore, int limit);

    /** The job's source is gone, and so are secrets of its address. */
    void discarded(String id);

    /** Ids of jobs that ended before this, those that ended first ahead. */
    List<String> endedBefore(Instant endedBefore, int limit);

    /**
     * Forgets a job with its chunks, members and idempotency key, unless it did not end before this.
     *
     * @param files removes its files meanwhile, when nothing can begin to use them; the job stays when this throws
     */
    void forget(String id, Instant endedBefore, Runnable files);
}
