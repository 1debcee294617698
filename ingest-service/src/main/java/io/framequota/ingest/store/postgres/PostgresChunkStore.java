package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.Probed;
import io.framequota.contract.control.Timings;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.StaleEpochException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@link ChunkStore} on PostgreSQL. */
@Singleton
final class PostgresChunkStore implements ChunkStore {
    private final Transactions transactions;

    PostgresChunkStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public boolean add(WrittenChunk written) {
        return transactions.run(c -> {
            Chunk chunk = written.chunk();
            Optional<Job> job = JobRowMapper.lockJob(c, chunk.getJob());
            boolean packets = written.transport().equals(FrameTransport.PACKETS);
            if (job.isEmpty()
                    || !(job.get().state() instanceof JobState.Running)
                    || packets != job.get().progress().packets()
                    // The pass began behind a chunk that is needed again.
                    || chunk.getIndex() > job.get().progress().chunks()) {
                return false;
            }
            if (!upsert(c, written, job.get().progress().attemptsBase())) {
                return true; // A decoder that could not know of the chunk wrote it again. The first copy stays.
            }
            Sql.update(
                    c,
                    """
                    update jobs set chunks = greatest(chunks, ?), decode_us = decode_us + ?, scale_us = scale_us + ?,
                        publish_us = publish_us + ?, wait_us = wait_us + ?, warnings = ?, frame_transport = ?
                    where id = ?""",
                    chunk.getIndex() + 1,
                    written.decodeMicros(),
                    written.scaleMicros(),
                    written.publishMicros(),
                    written.waitMicros(),
                    written.warnings(),
                    written.transport().label(),
                    chunk.getJob());
            return true;
        });
    }

    private static boolean upsert(Connection c, WrittenChunk written, int attemptsAbove) throws SQLException {
        Chunk chunk = written.chunk();
        return Sql.update(
                        c,
                        """
                        insert into chunks values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', ?)
                        on conflict (job, index) do update set frames = excluded.frames,
                            partition = excluded.partition, first_offset = excluded.first_offset,
                            last_offset = excluded.last_offset, bytes = excluded.bytes, state = 'OPEN',
                            attempts_above = excluded.attempts_above, deaths = 0
                        where chunks.state = 'DROPPED'""",
                        chunk.getJob(),
                        chunk.getIndex(),
                        chunk.getFirstFrame(),
                        written.firstPtsMs(),
                        chunk.getFrames(),
                        chunk.getPartition(),
                        chunk.getFirstOffset(),
                        chunk.getLastOffset(),
                        chunk.getBytes(),
                        attemptsAbove)
                == 1;
    }

    @Override
    public CommitOutcome commit(ChunkResult result, String file, Instant now) {
        return transactions.run(c -> {
            String id = result.getGrant().getJob();
            int index = result.getGrant().getChunk();
            Optional<Job> job = JobRowMapper.lockJob(c, id);
            if (job.isEmpty()) {
                return new CommitOutcome.NotOpen();
            }
            Optional<Member> winner = member(c, id, index);
            if (winner.isPresent()) {
                return new CommitOutcome.Lost(winner.get().file());
            }
            long epoch = PostgresLeadershipStore.lockEpoch(c);
            if (result.getEpoch() < epoch) {
                return new CommitOutcome.StaleEpoch(epoch);
            }
            Optional<KnownChunk> chunk = committable(c, job.get(), result.getGrant());
            if (chunk.isEmpty() || !insertMember(c, result, file)) {
                return new CommitOutcome.NotOpen();
            }
            addToJob(c, result, now);
            return new CommitOutcome.Won(PostgresJobStore.succeedWhenComplete(c, id, now), chunk.get());
        });
    }

    /** The chunk of a grant, if its attempt may commit it. */
    private static Optional<KnownChunk> committable(Connection c, Job job, GrantRef grant) throws SQLException {
        return job.state() instanceof JobState.Running
                ? Sql.first(
                        c,
                        "select * from chunks where job = ? and index = ? and state = 'OPEN' and attempts_above < ?",
                        PostgresChunkStore::chunk,
                        grant.getJob(),
                        grant.getChunk(),
                        grant.getAttempt())
                : Optional.empty();
    }

    private static boolean insertMember(Connection c, ChunkResult result, String file) throws SQLException {
        GrantRef grant = result.getGrant();
        return Sql.update(
                                c,
                                "insert into members values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                                grant.getJob(),
                                grant.getChunk(),
                                grant.getAttempt(),
                                result.getEpoch(),
                                result.getWorker(),
                                file,
                                result.getMember().size(),
                                result.getDetections(),
                                result.getFailedFrames())
                        == 1
                && Sql.update(
                                c,
                                "update chunks set state = 'COMMITTED' where job = ? and index = ?",
                                grant.getJob(),
                                grant.getChunk())
                        == 1;
    }

    private static void addToJob(Connection c, ChunkResult result, Instant now) throws SQLException {
        Timings timings = result.getTimings();
        Sql.update(
                c,
                """
                update jobs set chunks_committed = chunks_committed + 1, frames = frames + ?,
                    detections = detections + ?, failed_frames = failed_frames + ?, model_us = model_us + ?,
                    preprocess_us = preprocess_us + ?, postprocess_us = postprocess_us + ?,
                    transport_us = transport_us + ?, wait_us = wait_us + ?, decode_us = decode_us + ?, transport = ?,
                    policy = ?,
                    last_result_at = ? where id = ?""",
                result.getFrames(),
                result.getDetections(),
                result.getFailedFrames(),
                timings.getModelUs(),
                timings.getPreprocessUs(),
                timings.getPostprocessUs(),
                timings.getTransportUs(),
                timings.getWaitUs(),
                timings.getDecodeUs(),
                result.getTransport(),
                PostgresLeadershipStore.policy(c),
                now,
                result.getGrant().getJob());
    }

    @Override
    public Optional<Job> leavePackets(String job, int chunk, String transport, String reason) {
        return transactions.run(c -> {
            Optional<Job> running = JobRowMapper.lockJob(c, job)
                    .filter(j -> j.state() instanceof JobState.Running
                            && j.progress().packets());
            if (running.isEmpty()) {
                return running;
            }
            return Optional.of(leavePackets(c, running.get(), chunk, transport, reason));
        });
    }

    @Override
    public Optional<Job> leavePackets(ChunkResult irregular, String transport) {
        return transactions.run(c -> {
            GrantRef grant = irregular.getGrant();
            Optional<Job> job = JobRowMapper.lockJob(c, grant.getJob())
                    .filter(j -> j.progress().cutIntoPackets(grant.getChunk()));
            if (job.isEmpty()
                    || irregular.getEpoch() < PostgresLeadershipStore.lockEpoch(c)
                    || committable(c, job.get(), grant).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(leavePackets(c, job.get(), grant.getChunk(), transport, irregular.getIrregular()));
        });
    }

    /** Deletes the chunks of a locked job from one on, with their members, and stores that pixels follow. */
    static Job leavePackets(Connection c, Job job, int chunk, String transport, String reason) throws SQLException {
        Sql.update(c, """
                update jobs set chunks_committed = chunks_committed - gone.members, frames = jobs.frames - gone.frames,
                    detections = jobs.detections - gone.detections, failed_frames = jobs.failed_frames - gone.failed_frames
                from (select count(*) as members, coalesce(sum(chunks.frames), 0) as frames,
                        coalesce(sum(members.detections), 0) as detections,
                        coalesce(sum(members.failed_frames), 0) as failed_frames
                    from members join chunks on chunks.job = members.job and chunks.index = members.chunk
                    where members.job = ? and members.chunk >= ?) gone
                where jobs.id = ?""", job.id(), chunk, job.id());
        Sql.update(c, "delete from members where job = ? and chunk >= ?", job.id(), chunk);
        // Attempts of other chunks go on: a higher base is for those that will be cut elsewhere.
        boolean cut = Sql.update(c, "delete from chunks where job = ? and index >= ?", job.id(), chunk) > 0;
        Probed probed = job.progress().probed();
        Sql.update(
                c,
                """
                update jobs set chunks = ?, decoded = false, frame_transport = ?, frame_transport_reason = ?,
                    left_packets_at = ?, attempts_base = attempts_base + ?, probed = ?
                where id = ?""",
                Math.min(chunk, job.progress().chunks()),
                transport,
                reason,
                chunk,
                cut ? PostgresJobStore.ATTEMPTS_STEP : 0,
                probed == null
                        ? null
                        : probed.toBuilder()
                                .setFrameTransport(transport)
                                .build()
                                .toByteArray(),
                job.id());
        return JobRowMapper.lockJob(c, job.id()).orElseThrow();
    }

    @Override
    public List<String> memberFiles(String job) {
        return transactions.run(c -> Sql.list(c, "select file from members where job = ?", r -> r.getString(1), job));
    }

    @Override
    public Optional<Member> member(String job, int chunk) {
        return transactions.run(c -> member(c, job, chunk));
    }

    private static Optional<Member> member(Connection c, String job, int chunk) throws SQLException {
        return Sql.first(
                c,
                "select job, chunk, file, bytes from members where job = ? and chunk = ?",
                PostgresChunkStore::member,
                job,
                chunk);
    }

    @Override
    public List<Member> members(String job, int from, int limit) {
        return transactions.run(c -> Sql.list(
                c,
                "select job, chunk, file, bytes from members where job = ? and chunk >= ? order by chunk limit ?",
                PostgresChunkStore::member,
                job,
                from,
                limit));
    }

    private static Member member(ResultSet r) throws SQLException {
        return new Member(r.getString(1), r.getInt(2), r.getString(3), r.getLong(4));
    }

    @Override
    public List<KnownChunk> chunks(String job) {
        return transactions.run(
                c -> Sql.list(c, "select * from chunks where job = ? order by index", PostgresChunkStore::chunk, job));
    }

    @Override
    public List<KnownChunk> openChunks() {
        return transactions.run(c -> Sql.list(
                c, "select * from chunks where state = 'OPEN' order by job, index", PostgresChunkStore::chunk));
    }

    /** Chunks of open jobs without a result: open chunks, and dropped ones that will be written again. */
    static List<KnownChunk> uncommitted(Connection c) throws SQLException {
        return Sql.list(c, """
                select chunks.* from chunks join jobs on jobs.id = chunks.job
                where chunks.state <> 'COMMITTED' and jobs.state in ('QUEUED', 'RUNNING') order by job, index""", r -> known(r, r.getInt("deaths")));
    }

    @Override
    public void keepDeaths(long epoch, String job, int chunk, int deaths) {
        transactions.run(c -> {
            long current = PostgresLeadershipStore.lockEpoch(c);
            if (epoch != current) {
                throw new StaleEpochException(epoch, current);
            }
            return Sql.update(
                    c,
                    "update chunks set deaths = ? where job = ? and index = ? and state = 'OPEN'",
                    deaths,
                    job,
                    chunk);
        });
    }

    private static KnownChunk chunk(ResultSet r) throws SQLException {
        return known(r, 0);
    }

    /** @param deaths of workers; only leaders are told them, so that a chunk is equal to itself everywhere else */
    private static KnownChunk known(ResultSet r, int deaths) throws SQLException {
        Chunk chunk = Chunk.newBuilder()
                .setJob(r.getString("job"))
                .setIndex(r.getInt("index"))
                .setFirstFrame(r.getLong("first_frame"))
                .setFrames(r.getInt("frames"))
                .setPartition(r.getInt("partition"))
                .setFirstOffset(r.getLong("first_offset"))
                .setLastOffset(r.getLong("last_offset"))
                .setBytes(r.getLong("bytes"))
                .setDeaths(deaths)
                .build();
        return new KnownChunk(chunk, r.getDouble("first_pts_ms"), KnownChunk.State.valueOf(r.getString("state")));
    }
}
