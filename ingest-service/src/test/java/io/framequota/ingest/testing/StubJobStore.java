package io.framequota.ingest.testing;

import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.store.JobStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A job store for tests, which override the methods that they expect. Every other call fails. */
public class StubJobStore implements JobStore {
    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public Inserted insert(JobSpec spec, Instant now, SubmissionInfo info) {
        throw unexpected();
    }

    @Override
    public Optional<Job> find(String id) {
        throw unexpected();
    }

    @Override
    public Optional<String> tenantOf(String id) {
        throw unexpected();
    }

    @Override
    public long uploadBytes(String id) {
        throw unexpected();
    }

    @Override
    public Set<String> ownIds(String tenant, Set<String> ids) {
        throw unexpected();
    }

    @Override
    public Optional<Job> findByKey(String tenant, String idempotencyKey) {
        throw unexpected();
    }

    @Override
    public Page list(@Nullable String tenant, @Nullable String state, @Nullable String before, int limit) {
        throw unexpected();
    }

    @Override
    public Map<String, Long> countByState() {
        throw unexpected();
    }

    @Override
    public List<Job> openJobs() {
        throw unexpected();
    }

    @Override
    public List<Job> endedSince(Instant since) {
        throw unexpected();
    }

    @Override
    public Optional<FetchTask> nextToFetch(Set<String> except, int ofTenant) {
        throw unexpected();
    }

    @Override
    public void markFetched(String id) {
        throw unexpected();
    }

    @Override
    public Optional<Job> nextToProbe(Set<String> except) {
        throw unexpected();
    }

    @Override
    public Optional<Job> nextToDecode(boolean packets, List<String> preferred, Set<String> except) {
        throw unexpected();
    }

    @Override
    public Optional<Change> transition(String id, Function<JobState, @Nullable JobState> step) {
        throw unexpected();
    }

    @Override
    public Optional<Change> transition(long epoch, String id, Function<JobState, @Nullable JobState> step) {
        throw unexpected();
    }

    @Override
    public boolean updateProbed(String id, Probed probed) {
        throw unexpected();
    }

    @Override
    public boolean insertProbed(String id, Probed probed, String reason) {
        throw unexpected();
    }

    @Override
    public int unfinishedAttempts(String id) {
        throw unexpected();
    }

    @Override
    public void setUnfinishedAttempts(String id, int attempts) {
        throw unexpected();
    }

    @Override
    public Optional<Change> finishDecoding(String id, ChunkingSummary summary, Instant now) {
        throw unexpected();
    }

    @Override
    public List<String> endedWithSource(Instant endedBefore, int limit) {
        throw unexpected();
    }

    @Override
    public void markSourceDeleted(String id) {
        throw unexpected();
    }

    @Override
    public List<String> endedBefore(Instant endedBefore, int limit) {
        throw unexpected();
    }

    @Override
    public void delete(String id, Instant endedBefore, Runnable deleteFiles) {
        throw unexpected();
    }
}
