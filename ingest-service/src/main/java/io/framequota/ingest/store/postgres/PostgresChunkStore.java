package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
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
            try (PreparedStatement s = c.prepareStatement("""
                    update jobs set chunks = greatest(chunks, ?), decode_us = decode_us + ?, scale_us = scale_us + ?,
                        publish_us = publish_us + ?, wait_us = wait_us + ?, warnings = ?, frame_transport = ?
                    where id = ?""")) {
                s.setInt(1, chunk.getIndex() + 1);
                s.setLong(2, written.decodeMicros());
                s.setLong(3, written.scaleMicros());
                s.setLong(4, written.publishMicros());
                s.setLong(5, written.waitMicros());
                s.setArray(6, c.createArrayOf("text", written.warnings().toArray()));
                s.setString(7, written.transport());
                s.setString(8, chunk.getJob());
                s.executeUpdate();
            }
            return true;
        });
    }

    private static boolean upsert(Connection c, Chunk chunk, double firstPtsMs) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                insert into chunks values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
                on conflict (job, index) do update set frames = excluded.frames, partition = excluded.partition,
                    first_offset = excluded.first_offset, last_offset = excluded.last_offset, bytes = excluded.bytes,
                    state = 'OPEN'
                where chunks.state = 'DROPPED'""")) {
            s.setString(1, chunk.getJob());
            s.setInt(2, chunk.getIndex());
            s.setLong(3, chunk.getFirstFrame());
            s.setDouble(4, firstPtsMs);
            s.setInt(5, chunk.getFrames());
            s.setInt(6, chunk.getPartition());
            s.setLong(7, chunk.getFirstOffset());
            s.setLong(8, chunk.getLastOffset());
            s.setLong(9, chunk.getBytes());
            return s.executeUpdate() == 1;
        }
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
            Optional<KnownChunk> chunk = chunk(c, id, index);
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
        try (PreparedStatement s =
                        c.prepareStatement("insert into members values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing");
                PreparedStatement u =
                        c.prepareStatement("update chunks set state = 'COMMITTED' where job = ? and index = ?")) {
            s.setString(1, result.getGrant().getJob());
            s.setInt(2, result.getGrant().getChunk());
            s.setInt(3, result.getGrant().getAttempt());
            s.setLong(4, result.getEpoch());
            s.setString(5, result.getWorker());
            s.setString(6, file);
            s.setLong(7, result.getMember().size());
            u.setString(1, result.getGrant().getJob());
            u.setInt(2, result.getGrant().getChunk());
            return s.executeUpdate() == 1 && u.executeUpdate() == 1;
        }
    }

    private static void addToJob(Connection c, ChunkResult result, Instant now) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                update jobs set chunks_committed = chunks_committed + 1, frames = frames + ?,
                    detections = detections + ?, failed_frames = failed_frames + ?, model_us = model_us + ?,
                    preprocess_us = preprocess_us + ?, postprocess_us = postprocess_us + ?,
                    transport_us = transport_us + ?, wait_us = wait_us + ?, transport = ?, policy = ?,
                    last_result_at = ? where id = ?""")) {
            s.setInt(1, result.getFrames());
            s.setInt(2, result.getDetections());
            s.setInt(3, result.getFailedFrames());
            s.setLong(4, result.getTimings().getModelUs());
            s.setLong(5, result.getTimings().getPreprocessUs());
            s.setLong(6, result.getTimings().getPostprocessUs());
            s.setLong(7, result.getTimings().getTransportUs());
            s.setLong(8, result.getTimings().getWaitUs());
            s.setString(9, result.getTransport());
            s.setString(10, PostgresLeadershipStore.policy(c));
            s.setObject(11, JobRowMapper.utc(now));
            s.setString(12, result.getGrant().getJob());
            s.executeUpdate();
        }
    }

    @Override
    public Optional<Member> member(String job, int chunk) {
        return transactions.run(c -> member(c, job, chunk));
    }

    private static Optional<Member> member(Connection c, String job, int chunk) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("select job, chunk, file, bytes from members where job = ? and chunk = ?")) {
            s.setString(1, job);
            s.setInt(2, chunk);
            return members(s).stream().findFirst();
        }
    }

    @Override
    public List<Member> members(String job, int from, int limit) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement(
                    "select job, chunk, file, bytes from members where job = ? and chunk >= ? order by chunk limit ?")) {
                s.setString(1, job);
                s.setInt(2, from);
                s.setInt(3, limit);
                return members(s);
            }
        });
    }

    private static List<Member> members(PreparedStatement s) throws SQLException {
        List<Member> members = new ArrayList<>();
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                members.add(new Member(r.getString(1), r.getInt(2), r.getString(3), r.getLong(4)));
            }
        }
        return members;
    }

    @Override
    public List<KnownChunk> chunks(String job) {
        return transactions.run(c -> {
            try (PreparedStatement s = c.prepareStatement("select * from chunks where job = ? order by index")) {
                s.setString(1, job);
                return chunks(s);
            }
        });
    }

    @Override
    public List<KnownChunk> openChunks() {
        return transactions.run(PostgresChunkStore::openChunks);
    }

    private static List<KnownChunk> openChunks(Connection c) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("select * from chunks where state = 'OPEN' order by job, index")) {
            return chunks(s);
        }
    }

    /** Chunks of open jobs without a result: open chunks, and dropped ones that will be written again. */
    static List<KnownChunk> uncommitted(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("""
                select chunks.* from chunks join jobs on jobs.id = chunks.job
                where chunks.state <> 'COMMITTED' and jobs.state in ('QUEUED', 'RUNNING') order by job, index""")) {
            return chunks(s);
        }
    }

    private static Optional<KnownChunk> chunk(Connection c, String job, int index) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select * from chunks where job = ? and index = ?")) {
            s.setString(1, job);
            s.setInt(2, index);
            return chunks(s).stream().findFirst();
        }
    }

    private static List<KnownChunk> chunks(PreparedStatement s) throws SQLException {
        List<KnownChunk> chunks = new ArrayList<>();
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
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
                chunks.add(new KnownChunk(
                        chunk, r.getDouble("first_pts_ms"), KnownChunk.State.valueOf(r.getString("state"))));
            }
        }
        return chunks;
    }
}
