package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.Probed;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StaleEpochException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Number of the advisory lock of {@link #requireRoomForLive}. */
    private static final long LIVE_LOCK = 0x4652_514c_4956L;

    /** Attempts to probe one source. */
    private static final int MAX_PROBES = 3;

    private static final String PACKETS = "frame_transport = '" + FrameTransport.PACKETS.label() + "'";
    private static final String NOT_PACKETS =
            "not (" + PACKETS + ") and (frame_transport <> '' or probes >= " + MAX_PROBES + ")";

    private final Transactions transactions;
    private final int mostLive;

    @Inject
    PostgresJobStore(Transactions transactions, IngestConfig config) {
        this(transactions, config.liveJobs());
    }

    /** @param mostLive limit on open live jobs */
    PostgresJobStore(Transactions transactions, int mostLive) {
        this.transactions = transactions;
        this.mostLive = mostLive;
    }

    @Override
    public Inserted insert(JobSpec spec, Instant now, SubmissionInfo info) {
        return transactions.run(c -> {
            TenantLimitCheck limits = TenantLimitCheck.begin(c, spec.tenant(), info.limits());
            SubmissionLock.acquireShared(c);
            LiveSpec live = spec.live().orElse(null);
            String key = info.idempotencyKey();
            if (key != null && !claimKey(c, spec.tenant(), key, spec.id(), info.fingerprint())) {
                return new Inserted(jobOfKey(c, spec.tenant(), key, info.fingerprint()), false);
            }
            limits.check(c, info.uploadBytes());
            if (live != null) {
                requireRoomForLive(c);
                requireKeyOf(c, spec.tenant(), live);
            }
            Job job = Sql.first(
                            c,
                            """
                            insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes,
                                labels, submitted_at, state, to_fetch, stream, transport_choice, projection, group_frames,
                                zones, live, listen_key, publish, hls, tenant, upload_bytes)
                            values (?, nextval('arrival'), ?, ?, ?, ?, ?, ?, ?, ?, ?, 'QUEUED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                                ?, ?)
                            returning *""",
                            JobRowMapper::job,
                            spec.id(),
                            spec.source(),
                            spec.input(),
                            spec.model().getName(),
                            spec.model().toByteArray(),
                            spec.every(),
                            spec.chunkFrames(),
                            spec.chunkBytes(),
                            JobRowMapper.namesAndValues(spec.labels()),
                            now,
                            info.address() != null && live == null,
                            spec.stream(),
                            spec.transport().label(),
                            spec.projection().map(Projection::label).orElse("auto"),
                            spec.groupFrames(),
                            spec.tracking().map(Tracking::words).orElse(null),
                            live != null,
                            live == null ? null : live.key().orElse(null),
                            live == null ? "" : live.publish(),
                            live != null && live.hls(),
                            spec.tenant(),
                            info.uploadBytes())
                    .orElseThrow();
            if (info.publish() != null
                    || info.address() != null && !info.address().equals(spec.input())) {
                Sql.update(
                        c,
                        "insert into secret_addresses (job, address, publish) values (?, ?, ?)",
                        spec.id(),
                        info.address(),
                        info.publish());
            }
            return new Inserted(job, true);
        });
    }

    /** Two transactions that open live jobs wait for each other, so that they never take the same last place. */
    private void requireRoomForLive(Connection c) throws SQLException {
        Sql.first(c, "select pg_advisory_xact_lock(?)", r -> true, LIVE_LOCK);
        int open = Sql.first(c, "select count(*) from jobs where " + PostgresLiveStore.OPEN, r -> r.getInt(1))
                .orElse(0);
        if (open >= mostLive) {
            throw RejectedRequestException.tooMany(
                    "there are " + mostLive + " live jobs already; cancel one of them, or raise FRAMEQUOTA_LIVE_JOBS");
        }
    }

    /** A key stays its tenant's while a job has it, ended ones included: its publisher comes back with it. */
    private static void requireKeyOf(Connection c, String tenant, LiveSpec live) throws SQLException {
        if (live.key().isPresent()
                && Sql.first(
                                c,
                                "select 1 from jobs where listen_key = ? and tenant <> ? limit 1",
                                r -> true,
                                live.key().get(),
                                tenant)
                        .isPresent()) {
            throw RejectedRequestException.streamKeyTaken();
        }
    }

    /** Whether the key now belongs to this job. A second submission with the key waits here for the first one's transaction. */
    private static boolean claimKey(Connection c, String tenant, String key, String id, byte[] fingerprint)
            throws SQLException {
        return Sql.update(
                        c,
                        "insert into idempotency_keys (tenant, key, job, fingerprint) values (?, ?, ?, ?)"
                                + " on conflict do nothing",
                        tenant,
                        key,
                        id,
                        fingerprint)
                == 1;
    }

    private static Job jobOfKey(Connection c, String tenant, String key, byte[] fingerprint) throws SQLException {
        Job job = findByKey(c, tenant, key)
                .orElseThrow(() -> new SQLException("the job of an idempotency key is missing"));
        // Keys of an earlier release have no fingerprint.
        boolean same = Sql.first(
                        c,
                        "select fingerprint from idempotency_keys where tenant = ? and key = ?",
                        r -> r.getBytes(1) == null || Arrays.equals(r.getBytes(1), fingerprint),
                        tenant,
                        key)
                .orElse(true);
        if (!same) {
            throw RejectedRequestException.conflict("this idempotency key has created job " + job.id()
                    + " from a different submission; send a new key with each new submission");
        }
        return job;
    }

    @Override
    public Optional<Job> find(String id) {
        return transactions.run(c -> Sql.first(c, "select * from jobs where id = ?", JobRowMapper::job, id));
    }

    @Override
    public Optional<String> tenantOf(String id) {
        return transactions.run(c -> Sql.first(c, "select tenant from jobs where id = ?", r -> r.getString(1), id));
    }

    @Override
    public long uploadBytes(String id) {
        return transactions.run(c -> Sql.first(c, "select upload_bytes from jobs where id = ?", r -> r.getLong(1), id)
                .orElse(0L));
    }

    @Override
    public Set<String> ownIds(String tenant, Set<String> ids) {
        return Set.copyOf(transactions.run(c -> Sql.list(
                c, "select id from jobs where tenant = ? and id = any (?)", PostgresJobStore::id, tenant, ids)));
    }

    @Override
    public Optional<Job> findByKey(String tenant, String key) {
        return transactions.run(c -> findByKey(c, tenant, key));
    }

    private static Optional<Job> findByKey(Connection c, String tenant, String key) throws SQLException {
        return Sql.first(
                c,
                "select jobs.* from jobs join idempotency_keys k on k.job = jobs.id where k.tenant = ? and k.key = ?",
                JobRowMapper::job,
                tenant,
                key);
    }

    @Override
    public Page list(@Nullable String tenant, @Nullable String state, @Nullable String before, int limit) {
        return transactions.run(c -> JobRowMapper.page(
                c, limit, MAX_PAGE_BYTES, """
                select * from jobs where (?::text is null or tenant = ?) and (?::text is null or state = ?)
                    and (?::text is null or arrival < (select arrival from jobs where id = ?))
                order by arrival desc limit ?""", tenant, tenant, state, state, before, before, limit + 1));
    }

    @Override
    public Map<String, Long> countByState() {
        return transactions.run(c -> {
            Map<String, Long> counts = new HashMap<>();
            Sql.read(c, "select state, count(*) from jobs group by state", row -> {
                counts.put(row.getString(1), row.getLong(2));
                return true;
            });
            return counts;
        });
    }

    @Override
    public List<Job> openJobs() {
        return transactions.run(PostgresJobStore::openJobs);
    }

    static List<Job> openJobs(Connection c) throws SQLException {
        return Sql.list(
                c, "select * from jobs where state in ('QUEUED', 'RUNNING') order by arrival", JobRowMapper::job);
    }

    @Override
    public List<Job> endedSince(Instant since) {
        return transactions.run(
                c -> Sql.list(c, "select * from jobs where ended_at >= ? order by arrival", JobRowMapper::job, since));
    }

    @Override
    public Optional<FetchTask> nextToFetch(Set<String> except, int ofTenant) {
        return transactions.run(c -> Sql.first(
                c,
                """
                select jobs.*, coalesce(address, input) as fetch_address
                from jobs left join secret_addresses on secret_addresses.job = jobs.id
                where state in ('QUEUED', 'RUNNING') and to_fetch and id <> all (?)
                    and tenant not in (select tenant from jobs where id = any (?) group by tenant having count(*) >= ?)
                order by arrival limit 1""",
                r -> new FetchTask(JobRowMapper.job(r), r.getString("fetch_address")),
                except,
                except,
                ofTenant));
    }

    @Override
    public void markFetched(String id) {
        transactions.run(c -> {
            deleteAddress(c, id);
            return Sql.update(c, "update jobs set to_fetch = false where id = ?", id);
        });
    }

    private static void deleteAddress(Connection c, String id) throws SQLException {
        Sql.update(c, "delete from secret_addresses where job = ?", id);
        Sql.update(c, "update jobs set listen_key = null where id = ? and listen_key is not null", id);
    }

    @Override
    public Optional<Job> nextToProbe(Set<String> except) {
        return transactions.run(c -> Sql.first(c, """
                update jobs set probes = probes + 1 where id = (
                    select id from jobs where state in ('QUEUED', 'RUNNING') and probed is null and not decoded
                        and probes < ? and not to_fetch and not live and id <> all (?)
                    order by arrival limit 1)
                returning *""", JobRowMapper::job, MAX_PROBES, except));
    }

    @Override
    public Optional<Job> nextToDecode(boolean packets, List<String> preferred, Set<String> except) {
        String ready =
                "state in ('QUEUED', 'RUNNING') and not decoded and not to_fetch and not live and id <> all (?) and "
                        + (packets ? PACKETS : NOT_PACKETS);
        return transactions.run(c -> {
            Optional<Job> first = preferred.isEmpty()
                    ? Optional.empty()
                    : Sql.first(c, """
                            select jobs.* from jobs join unnest(?) with ordinality preferred (id, place) using (id)
                            where\s""" + ready + " order by place limit 1", JobRowMapper::job, preferred, except);
            // A query of its own, which finds the first job by an index.
            return first.isPresent()
                    ? first
                    : Sql.first(
                            c,
                            "select * from jobs where " + ready + " order by arrival limit 1",
                            JobRowMapper::job,
                            except);
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

    private Optional<Change> transition(Connection c, String id, Function<JobState, @Nullable JobState> step)
            throws SQLException {
        Optional<Job> job = JobRowMapper.lockJob(c, id);
        if (job.isEmpty()) {
            return Optional.empty();
        }
        JobState next = step.apply(job.get().state());
        if (next == null) {
            return Optional.of(new Change(job.get(), false));
        }
        if (next instanceof JobState.Queued && job.get().live()) {
            requireRoomForLive(c);
        }
        JobRowMapper.updateState(c, id, next);
        if (next instanceof JobState.Ended) {
            Sql.update(c, "update chunks set state = 'DROPPED' where job = ? and state = 'OPEN'", id);
            if (next instanceof JobState.Succeeded) {
                // Any other job can be redriven, and its source fetched again.
                deleteAddress(c, id);
            }
        } else if (next instanceof JobState.Queued) {
            leavePacketsAtDropped(c, job.get());
            // The forecast did not include the failure.
            Sql.update(c, """
                    update jobs set decoded = false, attempts_base = attempts_base + ?, forecast_s = null,
                        forecast_p10_s = null, forecast_p90_s = null, forecast_policy = null where id = ?""", ATTEMPTS_STEP, id);
        }
        return Optional.of(new Change(JobRowMapper.lockJob(c, id).orElseThrow(), true));
    }

    /** A dropped chunk that travelled as packets is not where pixels would be cut, and nobody was shown what lies behind it. */
    private static void leavePacketsAtDropped(Connection c, Job job) throws SQLException {
        Integer left = job.progress().leftPacketsAt();
        if (left == null) {
            return;
        }
        Optional<Integer> dropped = Sql.first(
                c,
                "select index from chunks where job = ? and state = 'DROPPED' and index < ? order by index limit 1",
                r -> r.getInt(1),
                job.id(),
                left);
        if (dropped.isPresent()) {
            JobProgress progress = job.progress();
            PostgresChunkStore.leavePackets(
                    c, job, dropped.get(), progress.frameTransport(), progress.frameTransportReason());
        }
    }

    @Override
    public boolean insertProbed(String id, Probed probed, String reason) {
        return transactions.run(c -> {
            boolean unknown = Sql.update(c, """
                            update jobs set frame_transport = ?, frame_transport_reason = ?
                            where id = ? and state = 'QUEUED' and probed is null and chunks = 0""", probed.getFrameTransport(), reason, id) == 1;
            return unknown && writeProbed(c, id, probed);
        });
    }

    @Override
    public boolean updateProbed(String id, Probed probed) {
        return transactions.run(c -> writeProbed(c, id, probed));
    }

    private static boolean writeProbed(Connection c, String id, Probed probed) throws SQLException {
        byte[] bytes = probed.toByteArray();
        return Sql.update(
                        c,
                        """
                        update jobs set probed = ?, width = ?, height = ?, expected_frames = ?
                        where id = ? and state in ('QUEUED', 'RUNNING') and not decoded and probed is distinct from ?
                            and (frame_transport = ?) = (? = ?)""",
                        bytes,
                        probed.getWidth(),
                        probed.getHeight(),
                        probed.getExpectedFrames(),
                        id,
                        bytes,
                        FrameTransport.PACKETS.label(),
                        probed.getFrameTransport(),
                        FrameTransport.PACKETS.label())
                == 1;
    }

    @Override
    public int unfinishedAttempts(String id) {
        return transactions.run(c -> Sql.first(c, "select unproven from jobs where id = ?", r -> r.getInt(1), id)
                .orElse(0));
    }

    @Override
    public void setUnfinishedAttempts(String id, int attempts) {
        transactions.run(c -> Sql.update(c, "update jobs set unproven = ? where id = ?", attempts, id));
    }

    @Override
    public Optional<Change> finishDecoding(String id, ChunkingSummary summary, Instant now) {
        return transactions.run(c -> {
            Optional<Job> job = JobRowMapper.lockJob(c, id);
            if (job.isEmpty()) {
                return Optional.empty();
            }
            boolean packets = summary.transport().equals(FrameTransport.PACKETS);
            if (!(job.get().state() instanceof JobState.Running)
                    || packets != job.get().progress().packets()
                    // The pass began behind a chunk that is needed again.
                    || summary.chunks() > job.get().progress().chunks()) {
                return Optional.of(new Change(job.get(), false));
            }
            int every = job.get().spec().every();
            long frames = (summary.frames() + every - 1) / every;
            Probed probed = job.get().progress().probed();
            Sql.update(
                    c,
                    """
                    update jobs set decoded = true, chunks = ?, expected_frames = ?, probed = ?, warnings = ?
                    where id = ?""",
                    summary.chunks(),
                    frames,
                    probed == null
                            ? null
                            : probed.toBuilder()
                                    .setExpectedFrames(frames)
                                    .clearEstimated()
                                    .build()
                                    .toByteArray(),
                    summary.warnings(),
                    id);
            return Optional.of(new Change(succeedWhenComplete(c, id, now), true));
        });
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
        return transactions.run(c -> Sql.list(
                c,
                "select id from jobs where not discarded and ended_at < ? order by ended_at limit ?",
                PostgresJobStore::id,
                endedBefore,
                limit));
    }

    @Override
    public void markSourceDeleted(String id) {
        transactions.run(c -> {
            deleteAddress(c, id);
            return Sql.update(c, "update jobs set discarded = true where id = ?", id);
        });
    }

    @Override
    public List<String> endedBefore(Instant endedBefore, int limit) {
        return transactions.run(c -> Sql.list(
                c,
                "select id from jobs where ended_at < ? order by ended_at limit ?",
                PostgresJobStore::id,
                endedBefore,
                limit));
    }

    private static String id(ResultSet r) throws SQLException {
        return r.getString(1);
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
            Sql.update(c, "delete from members where job = ?", id);
            Sql.update(c, "delete from live_windows where job = ?", id);
            Sql.update(c, "delete from live_gaps where job = ?", id);
            Sql.update(c, "delete from live_progress where job = ?", id);
            Sql.update(c, "delete from chunks where job = ?", id);
            Sql.update(c, "delete from idempotency_keys where job = ?", id);
            deleteAddress(c, id);
            return Sql.update(c, "delete from jobs where id = ?", id);
        });
    }
}
