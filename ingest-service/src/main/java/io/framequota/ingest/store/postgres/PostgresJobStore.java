package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StaleEpochException;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link JobStore} on PostgreSQL. */
@Singleton
final class PostgresJobStore implements JobStore {
    /** More attempts than one leader makes of a chunk. The attempt numbers of a later leader are therefore higher. */
    static final int ATTEMPTS_STEP = 1000;

    /** Bound on the texts of one page. The gRPC message stays below 4 MiB, which is the default limit of clients. */
    private static final long MAX_PAGE_BYTES = 2 << 20;

    /** Attempts to probe one source. */
    private static final int MAX_PROBES = 3;

    private final Transactions transactions;

    PostgresJobStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Inserted insert(JobSpec spec, Instant now, SubmissionInfo info) {
        return transactions.run(c -> {
            SubmissionLock.acquireShared(c);
            if (info.idempotencyKey() != null && !claimKey(c, info.idempotencyKey(), spec.id(), info.fingerprint())) {
                return new Inserted(jobOfKey(c, info.idempotencyKey(), info.fingerprint()), false);
            }
            Job job;
            try (PreparedStatement s = c.prepareStatement("""
                    insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes, labels,
                        submitted_at, state, to_fetch, stream)
                    values (?, nextval('arrival'), ?, ?, ?, ?, ?, ?, ?, ?, ?, 'QUEUED', ?, ?) returning *""")) {
                s.setString(1, spec.id());
                s.setString(2, spec.source());
                s.setString(3, spec.input());
                s.setString(4, spec.model().getName());
                s.setBytes(5, spec.model().toByteArray());
                s.setInt(6, spec.every());
                s.setInt(7, spec.chunkFrames());
                s.setLong(8, spec.chunkBytes());
                s.setArray(9, c.createArrayOf("text", JobRowMapper.labelArray(spec.labels())));
                s.setObject(10, JobRowMapper.utc(now));
                s.setInt(12, spec.stream());
                s.setBoolean(11, info.address() != null);
                job = JobRowMapper.firstJob(s).orElseThrow();
            }
            if (info.address() != null && !info.address().equals(spec.input())) {
                try (PreparedStatement s = c.prepareStatement("insert into secret_addresses values (?, ?)")) {
                    s.setString(1, spec.id());
                    s.setString(2, info.address());
                    s.executeUpdate();
                }
            }
            return new Inserted(job, true);
        });
    }

    private static Job jobOfKey(Connection c, String key, byte[] fingerprint) throws SQLException {
        Job job = byKey(c, key).orElseThrow(() -> new SQLException("the job of an idempotency key is missing"));
        try (PreparedStatement s = c.prepareStatement("select fingerprint from idempotency_keys where key = ?")) {
            s.setString(1, key);
            try (ResultSet r = s.executeQuery()) {
                byte[] before = r.next() ? r.getBytes(1) : null;
                // Keys of an earlier release have no fingerprint.
                if (before != null && !Arrays.equals(before, fingerprint)) {
                    throw RejectedRequestException.conflict("this idempotency key has created job " + job.id()
                            + " from a different submission; send a new key with each new submission");
                }
            }
        }
        return job;
    }

    @Override
    public Optional<Job> find(String id) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("select * from jobs where id = ?")) {
                s.setString(1, id);
                return JobRowMapper.firstJob(s);
            }
        });
    }

    @Override
    public Optional<Job> findByKey(String key) {
        return transactions.run(c -> byKey(c, key));
    }

    @Override
    public Page list(@Nullable String state, @Nullable String before, int limit) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("""
                    select * from jobs where (?::text is null or state = ?)
                        and (?::text is null or arrival < (select arrival from jobs where id = ?))
                    order by arrival desc limit ?""")) {
                s.setString(1, state);
                s.setString(2, state);
                s.setString(3, before);
                s.setString(4, before);
                s.setInt(5, limit + 1);
                return JobRowMapper.page(s, limit, MAX_PAGE_BYTES);
            }
        });
    }

    @Override
    public List<Job> openJobs() {
        return transactions.run(PostgresJobStore::openJobs);
    }

    static List<Job> openJobs(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("select * from jobs where state in ('QUEUED', 'RUNNING') order by arrival")) {
            return JobRowMapper.jobs(s);
        }
    }

    @Override
    public Optional<Job> nextToDecode(List<String> preferred, Set<String> except) {
        return transactions.run(c -> {
            Array running = c.createArrayOf("text", except.toArray());
            if (!preferred.isEmpty()) {
                try (PreparedStatement s = c.prepareStatement("""
                        select jobs.* from jobs join unnest(?) with ordinality wanted (id, place) using (id)
                        where state in ('QUEUED', 'RUNNING') and not decoded and not to_fetch and id <> all (?)
                        order by place limit 1""")) {
                    s.setArray(1, c.createArrayOf("text", preferred.toArray()));
                    s.setArray(2, running);
                    Optional<Job> first = JobRowMapper.firstJob(s);
                    if (first.isPresent()) {
                        return first;
                    }
                }
            }
            try (PreparedStatement s = c.prepareStatement("""
                    select * from jobs where state in ('QUEUED', 'RUNNING') and not decoded and not to_fetch
                        and id <> all (?)
                    order by arrival limit 1""")) {
                s.setArray(1, running);
                return JobRowMapper.firstJob(s);
            }
        });
    }

    @Override
    public Optional<FetchTask> nextToFetch(Set<String> except) {
        return transactions.run(c -> {
            Optional<Job> job;
            try (PreparedStatement s = c.prepareStatement("""
                    select * from jobs where state in ('QUEUED', 'RUNNING') and to_fetch and id <> all (?)
                    order by arrival limit 1""")) {
                s.setArray(1, c.createArrayOf("text", except.toArray()));
                job = JobRowMapper.firstJob(s);
            }
            if (job.isEmpty()) {
                return Optional.empty();
            }
            try (PreparedStatement s = c.prepareStatement("select address from secret_addresses where job = ?")) {
                s.setString(1, job.get().id());
                try (ResultSet r = s.executeQuery()) {
                    return Optional.of(new FetchTask(
                            job.get(),
                            r.next() ? r.getString(1) : job.get().spec().input()));
                }
            }
        });
    }

    @Override
    public void markFetched(String id) {
        transactions.run(c -> {
            update(c, "delete from secret_addresses where job = ?", id);
            return update(c, "update jobs set to_fetch = false where id = ?", id);
        });
    }

    @Override
    public List<Job> endedSince(Instant since) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("select * from jobs where ended_at >= ? order by arrival")) {
                s.setObject(1, JobRowMapper.utc(since));
                return JobRowMapper.jobs(s);
            }
        });
    }

    @Override
    public Optional<Change> transition(String id, Function<JobState, @Nullable JobState> step) {
        return transactions.run(c -> transition(c, id, step));
    }

    @Override
    public Optional<Change> transition(long epoch, String id, Function<JobState, @Nullable JobState> step) {
        return transactions.run(c -> {
            // Locks the job before the epoch, as a commit and a new leader do, so that no two transactions wait for
            // each other.
            Optional<Change> change = transition(c, id, step);
            long current = PostgresLeadershipStore.lockEpoch(c);
            if (change.isPresent() && epoch != current) {
                throw new StaleEpochException(epoch, current);
            }
            return change;
        });
    }

    private static Optional<Change> transition(Connection c, String id, Function<JobState, @Nullable JobState> step)
            throws SQLException {
        Optional<Job> job = JobRowMapper.lockJob(c, id);
        if (job.isEmpty()) {
            return Optional.empty();
        }
        JobState next = step.apply(job.get().state());
        if (next == null) {
            return Optional.of(new Change(job.get(), false));
        }
        JobRowMapper.updateState(c, id, next);
        if (next instanceof JobState.Ended) {
            update(c, "update chunks set state = 'DROPPED' where job = ? and state = 'OPEN'", id);
            if (!(next instanceof JobState.Failed)) {
                // Only a failed job can be redriven, and its source fetched again.
                update(c, "delete from secret_addresses where job = ?", id);
            }
        } else if (next instanceof JobState.Queued) {
            // The forecast did not include the failure.
            update(
                    c,
                    "update jobs set decoded = false, attempts_base = attempts_base + " + ATTEMPTS_STEP
                            + ", forecast_s = null, forecast_p10_s = null, forecast_p90_s = null,"
                            + " forecast_policy = null where id = ?",
                    id);
        }
        return Optional.of(new Change(JobRowMapper.lockJob(c, id).orElseThrow(), true));
    }

    @Override
    public Optional<Job> nextToProbe(Set<String> except) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("""
                    update jobs set probes = probes + 1 where id = (
                        select id from jobs where state in ('QUEUED', 'RUNNING') and probed is null and not decoded
                            and probes < ? and not to_fetch and id <> all (?)
                        order by arrival limit 1)
                    returning *""")) {
                s.setInt(1, MAX_PROBES);
                s.setArray(2, c.createArrayOf("text", except.toArray()));
                return JobRowMapper.firstJob(s);
            }
        });
    }

    @Override
    public boolean insertProbed(String id, Probed probed) {
        return writeProbed(id, probed, " and probed is null");
    }

    @Override
    public boolean updateProbed(String id, Probed probed) {
        return writeProbed(id, probed, "");
    }

    private boolean writeProbed(String id, Probed probed, String condition) {
        return transactions.run(c -> {
            byte[] bytes = probed.toByteArray();
            try (PreparedStatement s = c.prepareStatement("""
                    update jobs set probed = ?, width = ?, height = ?, expected_frames = ?
                    where id = ? and state in ('QUEUED', 'RUNNING') and not decoded and probed is distinct from ?""" + condition)) {
                s.setBytes(1, bytes);
                s.setInt(2, probed.getWidth());
                s.setInt(3, probed.getHeight());
                s.setLong(4, probed.getExpectedFrames());
                s.setString(5, id);
                s.setBytes(6, bytes);
                return s.executeUpdate() == 1;
            }
        });
    }

    @Override
    public Optional<Change> finishDecoding(String id, ChunkingSummary summary, Instant now) {
        return transactions.run(c -> {
            Optional<Job> job = JobRowMapper.lockJob(c, id);
            if (job.isEmpty()) {
                return Optional.empty();
            }
            if (!(job.get().state() instanceof JobState.Running)) {
                return Optional.of(new Change(job.get(), false));
            }
            try (PreparedStatement s = c.prepareStatement("""
                    update jobs set decoded = true, chunks = ?, expected_frames = ?, probed = ?, warnings = ?
                    where id = ?""")) {
                int every = job.get().spec().every();
                long frames = (summary.frames() + every - 1) / every;
                Probed probed = job.get().progress().probed();
                s.setInt(1, summary.chunks());
                s.setLong(2, frames);
                s.setBytes(
                        3,
                        probed == null ? null : withExactCount(probed, frames).toByteArray());
                s.setArray(4, c.createArrayOf("text", summary.warnings().toArray()));
                s.setString(5, id);
                s.executeUpdate();
            }
            return Optional.of(new Change(succeedWhenComplete(c, id, now), true));
        });
    }

    private static Probed withExactCount(Probed probed, long frames) {
        return probed.toBuilder().setExpectedFrames(frames).clearEstimated().build();
    }

    /** Lets a locked job succeed when nothing is left to do, and returns it as it is then. */
    static Job succeedWhenComplete(Connection c, String id, Instant now) throws SQLException {
        Job job = JobRowMapper.lockJob(c, id).orElseThrow();
        if (!(job.state() instanceof JobState.Running running)
                || !job.progress().complete()) {
            return job;
        }
        JobRowMapper.updateState(c, id, running.succeed(now));
        return JobRowMapper.lockJob(c, id).orElseThrow();
    }

    @Override
    public List<String> endedWithSource(Instant endedBefore, int limit) {
        return ids(
                "select id from jobs where not discarded and ended_at < ? order by ended_at limit ?",
                endedBefore,
                limit);
    }

    @Override
    public List<String> endedBefore(Instant endedBefore, int limit) {
        return ids("select id from jobs where ended_at < ? order by ended_at limit ?", endedBefore, limit);
    }

    private List<String> ids(String sql, Instant endedBefore, int limit) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement(sql)) {
                s.setObject(1, JobRowMapper.utc(endedBefore));
                s.setInt(2, limit);
                List<String> ids = new ArrayList<>();
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        ids.add(r.getString(1));
                    }
                }
                return ids;
            }
        });
    }

    @Override
    public void delete(String id, Instant endedBefore, Runnable deleteFiles) {
        transactions.run(c -> {
            // The lock keeps the job from being redriven while its files are deleted.
            Optional<Job> job = JobRowMapper.lockJob(c, id);
            if (job.isEmpty()
                    || !(job.get().state() instanceof JobState.Ended ended)
                    || !ended.at().isBefore(endedBefore)) {
                return 0;
            }
            deleteFiles.run();
            update(c, "delete from members where job = ?", id);
            update(c, "delete from chunks where job = ?", id);
            update(c, "delete from idempotency_keys where job = ?", id);
            update(c, "delete from secret_addresses where job = ?", id);
            return update(c, "delete from jobs where id = ?", id);
        });
    }

    @Override
    public int unfinishedAttempts(String id) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("select unproven from jobs where id = ?")) {
                s.setString(1, id);
                try (ResultSet r = s.executeQuery()) {
                    return r.next() ? r.getInt(1) : 0;
                }
            }
        });
    }

    @Override
    public void setUnfinishedAttempts(String id, int attempts) {
        transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("update jobs set unproven = ? where id = ?")) {
                s.setInt(1, attempts);
                s.setString(2, id);
                return s.executeUpdate();
            }
        });
    }

    @Override
    public void markSourceDeleted(String id) {
        transactions.run(c -> {
            update(c, "delete from secret_addresses where job = ?", id);
            return update(c, "update jobs set discarded = true where id = ?", id);
        });
    }

    private static int update(Connection c, String sql, String id) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, id);
            return s.executeUpdate();
        }
    }

    /** Whether the key now belongs to this job. A second submission with the key waits here for the first one's transaction. */
    private static boolean claimKey(Connection c, String key, String id, byte[] fingerprint) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("insert into idempotency_keys values (?, ?, ?) on conflict do nothing")) {
            s.setString(1, key);
            s.setString(2, id);
            s.setBytes(3, fingerprint);
            return s.executeUpdate() == 1;
        }
    }

    private static Optional<Job> byKey(Connection c, String key) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "select jobs.* from jobs join idempotency_keys k on k.job = jobs.id where k.key = ?")) {
            s.setString(1, key);
            return JobRowMapper.firstJob(s);
        }
    }
}
