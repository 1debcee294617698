package io.framequota.ingest.store;

import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The jobs in the database. Every method is one transaction, may block, and throws {@link StoreException}. */
public interface JobStore {
    /** The job of a submission, and whether this submission created it. */
    record Inserted(Job job, boolean created) {}

    /** A job after a transition, and whether the transition changed it. */
    record Change(Job job, boolean changed) {}

    /**
     * The parts of a submission that are not part of the job.
     *
     * @param idempotencyKey the client's key, null for none
     * @param fingerprint hash of the whole submission; a key is refused for another fingerprint
     * @param address the address to fetch the source from, with its secrets; null when the source is stored here, or pushed here. The
     *     secrets are kept until the source is fetched, those of a live job until it ends, and no longer than the source would be kept
     * @param publish where a live job's annotated stream goes, with its secrets; null for nowhere
     * @param uploadBytes of the source, 0 if it is not an upload
     * @param limits of the job's tenant
     */
    record SubmissionInfo(
            @Nullable String idempotencyKey,
            byte[] fingerprint,
            @Nullable String address,
            @Nullable String publish,
            long uploadBytes,
            TenantLimits limits) {
        public SubmissionInfo(@Nullable String idempotencyKey, byte[] fingerprint, @Nullable String address) {
            this(idempotencyKey, fingerprint, address, null, 0, TenantLimits.NONE);
        }
    }

    /**
     * What one tenant may have at a time.
     *
     * @param openJobs jobs that have not ended, live ones included
     * @param uploadBytes bytes of uploads that are kept
     */
    record TenantLimits(long openJobs, long uploadBytes) {
        public static final TenantLimits NONE = new TenantLimits(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Adds a queued job. When the tenant's idempotency key has created a job before, returns that one.
     *
     * @throws io.framequota.ingest.failure.RejectedRequestException when the key created a job from a different submission, the
     *     stream key of a live job belongs to another open job or to another tenant's job, there are as many
     *     open live jobs as allowed, or the tenant has as much as it may have
     */
    Inserted insert(JobSpec spec, Instant now, SubmissionInfo info);

    /** The job with this id. */
    Optional<Job> find(String id);

    /** The tenant of a job. */
    Optional<String> tenantOf(String id);

    /** Bytes of a job's upload; 0 if it has none. */
    long uploadBytes(String id);

    /** Those of these ids that are ids of a tenant's jobs. */
    Set<String> ownIds(String tenant, Set<String> ids);

    /** The job that this idempotency key of a tenant created. */
    Optional<Job> findByKey(String tenant, String idempotencyKey);

    /** One page of a list, and whether more jobs follow its last. */
    record Page(List<Job> jobs, boolean more) {}

    /**
     * Lists jobs, newest first. A page ends at the limit, or earlier when its texts are large; it has at least one job if any
     * matches.
     *
     * @param tenant only jobs of this tenant, null for all
     * @param state only jobs in this state, null for all
     * @param before only jobs that arrived before this job, null for all
     */
    Page list(@Nullable String tenant, @Nullable String state, @Nullable String before, int limit);

    /** The number of jobs in each state that any job is in. */
    Map<String, Long> countByState();

    /** Queued and running jobs in order of arrival. */
    List<Job> openJobs();

    /** Jobs that ended at this time or later. */
    List<Job> endedSince(Instant since);

    /** A job, and the address to fetch its source from. The address holds secrets and must not be shown or logged. */
    record FetchTask(Job job, String address) {
        @Override
        public String toString() {
            return "the source of job " + job.id();
        }
    }

    /**
     * The first job by arrival whose source must be fetched.
     *
     * @param except jobs that are being fetched
     * @param ofTenant how many of those one tenant may have
     */
    Optional<FetchTask> nextToFetch(Set<String> except, int ofTenant);

    /** Records that the job's source is stored here, and deletes the secrets of its address. */
    void markFetched(String id);

    /**
     * The first job by arrival whose source is stored here and was not probed, except for these jobs. Counts the call as an
     * attempt; a job with too many attempts is not returned again.
     */
    Optional<Job> nextToProbe(Set<String> except);

    /**
     * The next job whose source is stored here and whose frames must be written, except for these jobs. A job is not ready before it
     * was probed, or its probes have failed too often.
     *
     * @param packets whether its frames travel as packets
     * @param preferred ids of the jobs that come first, in this order; the others follow by arrival
     */
    Optional<Job> nextToDecode(boolean packets, List<String> preferred, Set<String> except);

    /**
     * Changes the state of a job. A job that ends drops its open chunks. A job that is queued again writes its dropped chunks
     * again, with attempt numbers above all earlier ones. If one of those travelled as packets and the job no longer does, the chunks
     * from there on are deleted with their members.
     *
     * @param step returns the new state, or null to leave the job as it is
     * @return empty when there is no such job
     */
    Optional<Change> transition(String id, Function<JobState, @Nullable JobState> step);

    /**
     * Changes the state of a job on behalf of a leader.
     *
     * @throws StaleEpochException when the epoch is no longer the current one; nothing was changed then
     */
    Optional<Change> transition(long epoch, String id, Function<JobState, @Nullable JobState> step);

    /**
     * Stores what a pass has found out about a job's source. A job that ended or was decoded, or whose frames travel in another way
     * than those of the pass, stays as it is.
     *
     * @return whether this changed anything
     */
    boolean updateProbed(String id, Probed probed);

    /**
     * Stores what a probe has found out about a queued job's source, and how the job's frames travel, unless that is known already.
     *
     * @param reason why they do not travel as packets, else empty
     * @return whether this changed anything
     */
    boolean insertProbed(String id, Probed probed, String reason);

    /** How often reading the job's source was started without any outcome, over restarts of this process. */
    int unfinishedAttempts(String id);

    /** Stores that number. */
    void setUnfinishedAttempts(String id, int attempts);

    /** Records that decoding ended. The job succeeds when every chunk is committed. */
    Optional<Change> finishDecoding(String id, ChunkingSummary summary, Instant now);

    /** Ids of jobs that ended before this time and whose sources are still kept. */
    List<String> endedWithSource(Instant endedBefore, int limit);

    /** Records that the job's source was deleted, and deletes the secrets of its address. */
    void markSourceDeleted(String id);

    /** Ids of jobs that ended before this time, longest ended first. */
    List<String> endedBefore(Instant endedBefore, int limit);

    /**
     * Deletes a job with its chunks, members and idempotency key if it ended before this time.
     *
     * @param deleteFiles deletes the job's files while nothing else can use them; the job stays when this throws
     */
    void delete(String id, Instant endedBefore, Runnable deleteFiles);
}
