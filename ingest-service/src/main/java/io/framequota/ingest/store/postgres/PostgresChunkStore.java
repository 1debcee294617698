package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.Timings;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
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
            if (job.isEmpty() || !(job.get().state() instanceof JobState.Running)) {
                return false;
            }
            if (!upsert(c, chunk, written.firstPtsMs())) {
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
                    written.transport(),
                    chunk.getJob());
            return true;
        });
    }

    private static boolean upsert(Connection c, Chunk chunk, double firstPtsMs) throws SQLException {
        return Sql.update(
                        c,
                        """
                        insert into chunks values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
                        on conflict (job, index) do update set frames = excluded.frames,
                            partition = excluded.partition, first_offset = excluded.first_offset,
                            last_offset = excluded.last_offset, bytes = excluded.bytes, state = 'OPEN'
                        where chunks.state = 'DROPPED'""",
                        chunk.getJob(),
                        chunk.getIndex(),
                        chunk.getFirstFrame(),
                        firstPtsMs,
                        chunk.getFrames(),
                        chunk.getPartition(),
                        chunk.getFirstOffset(),
                        chunk.getLastOffset(),
                        chunk.getBytes())
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
            Optional<KnownChunk> chunk = Sql.first(
                    c, "select * from chunks where job = ? and index = ?", PostgresChunkStore::chunk, id, index);
            if (!(job.get().state() instanceof JobState.Running)
                    || chunk.isEmpty()
                    || chunk.get().state() != KnownChunk.State.OPEN
                    || !insertMember(c, result, file)) {
                return new CommitOutcome.NotOpen();
            }
            addToJob(c, result, now);
            return new CommitOutcome.Won(PostgresJobStore.succeedWhenComplete(c, id, now), chunk.get());
        });
    }

    private static boolean insertMember(Connection c, ChunkResult result, String file) throws SQLException {
        GrantRef grant = result.getGrant();
        return Sql.update(
                                c,
                                "insert into members values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                                grant.getJob(),
                                grant.getChunk(),
                                grant.getAttempt(),
                                result.getEpoch(),
                                result.getWorker(),
                                file,
                                result.getMember().size())
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
                    transport_us = transport_us + ?, wait_us = wait_us + ?, transport = ?, policy = ?,
                    last_result_at = ? where id = ?""",
                result.getFrames(),
                result.getDetections(),
                result.getFailedFrames(),
                timings.getModelUs(),
                timings.getPreprocessUs(),
                timings.getPostprocessUs(),
                timings.getTransportUs(),
                timings.getWaitUs(),
                result.getTransport(),
                PostgresLeadershipStore.policy(c),
                now,
                result.getGrant().getJob());
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
                where chunks.state <> 'COMMITTED' and jobs.state in ('QUEUED', 'RUNNING') order by job, index""", PostgresChunkStore::chunk);
    }

    private static KnownChunk chunk(ResultSet r) throws SQLException {
        Chunk chunk = Chunk.newBuilder()
                .setJob(r.getString("job"))
                .setIndex(r.getInt("index"))
                .setFirstFrame(r.getLong("first_frame"))
                .setFrames(r.getInt("frames"))
                .setPartition(r.getInt("partition"))
                .setFirstOffset(r.getLong("first_offset"))
                .setLastOffset(r.getLong("last_offset"))
                .setBytes(r.getLong("bytes"))
                .build();
        return new KnownChunk(chunk, r.getDouble("first_pts_ms"), KnownChunk.State.valueOf(r.getString("state")));
    }
}
