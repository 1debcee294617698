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
    /** More attempts than one leader makes of a chunk, so that a later leader's numbers are always above. */
    static final int ATTEMPTS_STEP = 1000;

    /** Of the texts of one page of a list: as gRPC's message it stays below the 4 MiB that clients take unless told otherwise. */
    private static final long PAGE_BYTES = 2 << 20;

    /** Probes of one source that are begun at most. */
    private static final int PROBES = 3;

    private final Transactions transactions;

    PostgresJobStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Inserted insert(JobSpec spec, Instant now, Asked asked) {
        return transactions.run(c -> {
            SubmissionLock.joinIn(c);
            if (asked.key() != null && !claim(c, asked.key(), spec.id(), asked.fingerprint())) {
                return new Inserted(sameSubmission(c, asked.key(), asked.fingerprint()), false);
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
                s.setArray(9, c.createArrayOf("text", JobRowMapper.flat(spec.labels())));
                s.setObject(10, JobRowMapper.time(now));
                s.setInt(12, spec.stream());
                s.setBoolean(11, asked.remote() != null);
                job = JobRowMapper.first(s).orElseThrow();
            }
            if (asked.remote() != null && !asked.remote().equals(spec.input())) {
                try (PreparedStatement s = c.prepareStatement("insert into secret_addresses values (?, ?)")) {
                    s.setString(1, spec.id());
                    s.setString(2, asked.remote());
                    s.executeUpdate();
                }
            }
            return new Inserted(job, true);
        });
    }

    private static Job sameSubmission(Connection c, String key, byte[] fingerprint) throws SQLException {
        Job job = byKey(c, key).orElseThrow(() -> new SQLException("a key's job is gone"));
        try (PreparedStatement s = c.prepareStatement("select fingerprint from idempotency_keys where key = ?")) {
            s.setString(1, key);
            try (ResultSet r = s.executeQuery()) {
                byte[] before = r.next() ? r.getBytes(1) : null;
                // A key of an earlier release has none.
                if (before != null && !Arrays.equals(before, fingerprint)) {
                    throw new RejectedRequestException(
                            RejectedRequestException.Kind.CONFLICT,
                            "this idempotency key has made job " + job.id()
                                    + " from another submission; send a new key with each new submission");
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
                return JobRowMapper.first(s);
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
                return JobRowMapper.page(s, limit, PAGE_BYTES);
            }
        });
    }

    @Override
    public List<Job> open() {
        return transactions.run(PostgresJobStore::open);
    }

    static List<Job> open(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("select * from jobs where state in ('QUEUED', 'RUNNING') order by arrival")) {
            return JobRowMapper.all(s);
        }
    }

    @Override
    public Optional<Job> nextToDecode(List<String> order, Set<String> others) {
        return transactions.run(c -> {
            Array running = c.createArrayOf("text", others.toArray());
            if (!order.isEmpty()) {
                try (PreparedStatement s = c.prepareStatement("""
                        select jobs.* from jobs join unnest(?) with ordinality wanted (id, place) using (id)
                        where state in ('QUEUED', 'RUNNING') and not decoded and not to_fetch and id <> all (?)
                        order by place limit 1""")) {
                    s.setArray(1, c.createArrayOf("text", order.toArray()));
                    s.setArray(2, running);
                    Optional<Job> first = JobRowMapper.first(s);
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
                return JobRowMapper.first(s);
            }
        });
    }

    @Override
    public Optional<ToFetch> nextToFetch(Set<String> others) {
        return transactions.run(c -> {
            Optional<Job> job;
            try (PreparedStatement s = c.prepareStatement("""
                    select * from jobs where state in ('QUEUED', 'RUNNING') and to_fetch and id <> all (?)
                    order by arrival limit 1""")) {
                s.setArray(1, c.createArrayOf("text", others.toArray()));
                job = JobRowMapper.first(s);
            }
            if (job.isEmpty()) {
                return Optional.empty();
            }
            try (PreparedStatement s = c.prepareStatement("select address from secret_addresses where job = ?")) {
                s.setString(1, job.get().id());
                try (ResultSet r = s.executeQuery()) {
                    return Optional.of(new ToFetch(
                            job.get(),
                            r.next() ? r.getString(1) : job.get().spec().input()));
                }
            }
        });
    }

    @Override
    public void fetched(String id) {
        transactions.run(c -> {
            update(c, "delete from secret_addresses where job = ?", id);
            return update(c, "update jobs set to_fetch = false where id = ?", id);
        });
    }

    @Override
    public List<Job> endedSince(Instant since) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("select * from jobs where ended_at >= ? order by arrival")) {
                s.setObject(1, JobRowMapper.time(since));
                return JobRowMapper.all(s);
            }
        });
    }

    @Override
    public Optional<Change> move(String id, Function<JobState, @Nullable JobState> step) {
        return transactions.run(c -> move(c, id, step));
    }

    @Override
    public Optional<Change> moveUnder(long epoch, String id, Function<JobState, @Nullable JobState> step) {
        return transactions.run(c -> {
            // The job before the epoch, as a commit and a new leader do: nobody waits for one another crosswise.
            Optional<Change> change = move(c, id, step);
            long current = PostgresLeadershipStore.epoch(c, true);
            if (change.isPresent() && epoch != current) {
                throw new StaleEpochException(current);
            }
            return change;
        });
    }

    private static Optional<Change> move(Connection c, String id, Function<JobState, @Nullable JobState> step)
            throws SQLException {
        Optional<Job> job = JobRowMapper.lock(c, id);
        if (job.isEmpty()) {
            return Optional.empty();
        }
        JobState next = step.apply(job.get().state());
        if (next == null) {
            return Optional.of(new Change(job.get(), false));
        }
        JobRowMapper.state(c, id, next);
        if (next instanceof JobState.Ended) {
            update(c, "update chunks set state = 'DROPPED' where job = ? and state = 'OPEN'", id);
            if (!(next instanceof JobState.Failed)) {
                // Only a failed job may yet be redriven, and fetched again.
                update(c, "delete from secret_addresses where job = ?", id);
            }
        } else if (next instanceof JobState.Queued) {
            // What was forecast of it did not have the failure in it.
            update(
                    c,
                    "update jobs set decoded = false, attempts_base = attempts_base + " + ATTEMPTS_STEP
                            + ", forecast_s = null, forecast_p10_s = null, forecast_p90_s = null,"
                            + " forecast_policy = null where id = ?",
                    id);
        }
        return Optional.of(new Change(JobRowMapper.lock(c, id).orElseThrow(), true));
    }

    @Override
    public Optional<Job> nextToProbe(Set<String> others) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("""
                    update jobs set probes = probes + 1 where id = (
                        select id from jobs where state in ('QUEUED', 'RUNNING') and probed is null and not decoded
                            and probes < ? and not to_fetch and id <> all (?)
                        order by arrival limit 1)
                    returning *""")) {
                s.setInt(1, PROBES);
                s.setArray(2, c.createArrayOf("text", others.toArray()));
                return JobRowMapper.first(s);
            }
        });
    }

    @Override
    public boolean probedFirst(String id, Probed probed) {
        return probed(id, probed, " and probed is null");
    }

    @Override
    public boolean probed(String id, Probed probed) {
        return probed(id, probed, "");
    }

    private boolean probed(String id, Probed probed, String condition) {
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
    public Optional<Change> decoded(String id, ChunkingSummary summary, Instant now) {
        return transactions.run(c -> {
            Optional<Job> job = JobRowMapper.lock(c, id);
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
                Probed probed = job.get().tally().probed();
                s.setInt(1, summary.chunks());
                s.setLong(2, frames);
                s.setBytes(3, probed == null ? null : counted(probed, frames).toByteArray());
                s.setArray(4, c.createArrayOf("text", summary.warnings().toArray()));
                s.setString(5, id);
                s.executeUpdate();
            }
            return Optional.of(new Change(succeedWhenComplete(c, id, now), true));
        });
    }

    private static Probed counted(Probed probed, long frames) {
        return probed.toBuilder().setExpectedFrames(frames).clearEstimated().build();
    }

    /** The locked job as it is now, after it succeeded if nothing is left to do. */
    static Job succeedWhenComplete(Connection c, String id, Instant now) throws SQLException {
        Job job = JobRowMapper.lock(c, id).orElseThrow();
        if (!(job.state() instanceof JobState.Running running) || !job.tally().complete()) {
            return job;
        }
        JobRowMapper.state(c, id, running.succeed(now));
        return JobRowMapper.lock(c, id).orElseThrow();
    }

    @Override
    public List<String> toDiscard(Instant endedBefore, int limit) {
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
                s.setObject(1, JobRowMapper.time(endedBefore));
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
    public void forget(String id, Instant endedBefore, Runnable files) {
        transactions.run(c -> {
            // Locked: it cannot be redriven while its files go.
            Optional<Job> job = JobRowMapper.lock(c, id);
            if (job.isEmpty()
                    || !(job.get().state() instanceof JobState.Ended ended)
                    || !ended.at().isBefore(endedBefore)) {
                return 0;
            }
            files.run();
            update(c, "delete from members where job = ?", id);
            update(c, "delete from chunks where job = ?", id);
            update(c, "delete from idempotency_keys where job = ?", id);
            update(c, "delete from secret_addresses where job = ?", id);
            return update(c, "delete from jobs where id = ?", id);
        });
    }

    @Override
    public int unproven(String id) {
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
    public void unproven(String id, int times) {
        transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("update jobs set unproven = ? where id = ?")) {
                s.setInt(1, times);
                s.setString(2, id);
                return s.executeUpdate();
            }
        });
    }

    @Override
    public void discarded(String id) {
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

    /** Whether the key is this job's now: a second submission with it waits here for the first one's transaction. */
    private static boolean claim(Connection c, String key, String id, byte[] fingerprint) throws SQLException {
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
            return JobRowMapper.first(s);
        }
    }
}
