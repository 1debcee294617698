package io.framequota.ingest.store.postgres;

import io.framequota.contract.control.LiveStream;
import io.framequota.contract.result.GapLine;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.LiveStore;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@link LiveStore} on PostgreSQL. */
@Singleton
final class PostgresLiveStore implements LiveStore {
    /** Condition for an open live job. */
    static final String OPEN = "live and state in ('QUEUED', 'RUNNING')";

    private static final String GAPS = "select * from live_gaps where job = ? order by next_frame, from_ms";

    private final Transactions transactions;

    PostgresLiveStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public List<Job> open() {
        return transactions.run(
                c -> Sql.list(c, "select * from jobs where " + OPEN + " order by arrival", JobRowMapper::job));
    }

    @Override
    public Addresses addresses(String job) {
        return transactions.run(c -> Sql.first(c, """
                        select case when listen_key is null then coalesce(address, input) end, secret_addresses.publish
                        from jobs left join secret_addresses on secret_addresses.job = jobs.id where jobs.id = ?""", r -> new Addresses(r.getString(1), r.getString(2)), job)
                .orElse(new Addresses(null, null)));
    }

    @Override
    public Optional<Mark> mark(String job) {
        return transactions.run(c -> Sql.first(
                c,
                "select next_frame, next_ms, marked_at from live_progress where job = ? and marked_at is not null",
                r -> new Mark(
                        r.getLong(1),
                        r.getDouble(2),
                        r.getObject(3, OffsetDateTime.class).toInstant()),
                job));
    }

    @Override
    public void saveMark(String job, Mark mark) {
        // A job that was deleted in the meantime has no progress.
        transactions.run(c -> {
            lock(c, job);
            return Sql.update(c, """
                insert into live_progress (job, next_frame, next_ms, marked_at)
                select id, ?, ?, ? from jobs where id = ?
                on conflict (job) do update set next_frame = excluded.next_frame, next_ms = excluded.next_ms,
                    marked_at = excluded.marked_at""", mark.nextFrame(), mark.nextMs(), mark.at(), job);
        });
    }

    /** Locks the job before anything else of it, as every transaction does, so that no two wait for each other. */
    private static void lock(Connection c, String job) throws SQLException {
        Sql.first(c, "select true from jobs where id = ? for update", r -> true, job);
    }

    @Override
    public Optional<Job> saveStream(String job, LiveStream stream) {
        return transactions.run(c ->
                Sql.first(c, """
                update jobs set live_stream = ?, live_open = true, width = case when width > 0 then width else ? end,
                    height = case when width > 0 then height else ? end
                where id = ? and state in ('QUEUED', 'RUNNING') returning *""", JobRowMapper::job, stream.toByteArray(), stream.getWidth(), stream.getHeight(), job));
    }

    @Override
    public void saveLost(String job) {
        transactions.run(c -> Sql.update(c, "update jobs set live_open = false where id = ?", job));
    }

    @Override
    public void saveAllLost() {
        transactions.run(c -> Sql.update(c, "update jobs set live_open = false where live_open"));
    }

    @Override
    public Position position(String job) {
        return transactions.run(c -> {
            int windows = Sql.first(
                            c,
                            "select coalesce(max(index) + 1, 0) from live_windows where job = ?",
                            r -> r.getInt(1),
                            job)
                    .orElse(0);
            return Sql.first(
                            c,
                            "select last_frame, last_ms, epoch from live_progress where job = ?",
                            r -> new Position(r.getLong(1), r.getDouble(2), r.getLong(3), windows),
                            job)
                    .orElse(new Position(-1, 0, 0, windows));
        });
    }

    @Override
    public void addGap(String job, StreamGap gap) {
        transactions.run(c -> {
            lock(c, job);
            int known = Sql.first(c, "select count(*) from live_gaps where job = ?", r -> r.getInt(1), job)
                    .orElse(0);
            if (known >= StreamGap.MOST) {
                List<StreamGap> oldest = Sql.list(c, GAPS + " limit 2", PostgresLiveStore::gap, job);
                for (StreamGap old : oldest) {
                    Sql.update(
                            c,
                            "delete from live_gaps where job = ? and next_frame = ? and cause = ?",
                            job,
                            old.nextFrame(),
                            old.cause());
                }
                insert(c, job, oldest.getFirst().with(oldest.getLast()));
            }
            return insert(c, job, gap);
        });
    }

    private static int insert(Connection c, String job, StreamGap gap) throws SQLException {
        return Sql.update(
                c, """
                insert into live_gaps select id, ?, ?, ?, ?, ?, ? from jobs where id = ?
                on conflict (job, next_frame, cause) do nothing""", gap.firstFrame(), gap.nextFrame(), gap.fromMs(), gap.toMs(), gap.frames(), gap.cause(), job);
    }

    private static StreamGap gap(ResultSet r) throws SQLException {
        return new StreamGap(
                r.getLong("first_frame"),
                r.getLong("next_frame"),
                r.getDouble("from_ms"),
                r.getDouble("to_ms"),
                r.getLong("frames"),
                r.getString("cause"));
    }

    @Override
    public List<StreamGap> gaps(String job) {
        return transactions.run(c -> Sql.list(c, GAPS, PostgresLiveStore::gap, job));
    }

    @Override
    public Optional<Job> commit(Window w, Instant now) {
        return transactions.run(c -> {
            Optional<Job> job = JobRowMapper.lockJob(c, w.job()).filter(j -> !j.ended());
            if (job.isEmpty() || isCommitted(c, w)) {
                return job;
            }
            insert(c, w, now);
            Map<String, Long> gaps = new TreeMap<>(job.get().progress().live().gaps());
            w.gaps().forEach((cause, frames) -> gaps.merge(cause, frames, Long::sum));
            Sql.update(
                    c,
                    """
                    update jobs set chunks = ?, chunks_committed = chunks_committed + 1, frames = frames + ?,
                        detections = detections + ?, failed_frames = failed_frames + ?, gaps = ?, last_result_at = ?,
                        policy = ? where id = ?""",
                    w.index() + 1,
                    w.lines(),
                    w.detections(),
                    w.failedFrames(),
                    gaps.entrySet().stream()
                            .flatMap(e -> Stream.of(e.getKey(), Long.toString(e.getValue())))
                            .toList(),
                    now,
                    PostgresLeadershipStore.policy(c),
                    w.job());
            Sql.update(c, """
                    insert into live_progress (job, last_frame, last_ms, epoch) values (?, ?, ?, ?)
                    on conflict (job) do update set last_frame = excluded.last_frame, last_ms = excluded.last_ms,
                        epoch = excluded.epoch""", w.job(), w.lastFrame(), w.toMs(), w.epoch());
            Sql.update(c, "delete from live_gaps where job = ? and next_frame <= ?", w.job(), w.lastFrame());
            return JobRowMapper.lockJob(c, w.job());
        });
    }

    /** Whether a commit whose outcome was unknown has happened. */
    private static boolean isCommitted(Connection c, Window w) throws SQLException {
        return Sql.first(c, "select true from live_windows where job = ? and index >= ?", r -> true, w.job(), w.index())
                .isPresent();
    }

    private static void insert(Connection c, Window w, Instant now) throws SQLException {
        Sql.update(c, """
                insert into chunks (job, index, first_frame, first_pts_ms, frames, partition, first_offset, last_offset, bytes,
                    state) values (?, ?, ?, ?, ?, -1, -1, -1, 0, 'COMMITTED')""", w.job(), w.index(), w.firstFrame(), w.firstMs(), w.lines());
        Sql.update(
                c,
                "insert into members values (?, ?, 1, ?, ?, ?, ?, ?, ?)",
                w.job(),
                w.index(),
                w.epoch(),
                w.worker(),
                w.file(),
                w.bytes(),
                w.detections(),
                w.failedFrames());
        Sql.update(
                c,
                "insert into live_windows values (?, ?, ?, ?, ?)",
                w.job(),
                w.index(),
                w.gaps().values().stream().mapToLong(Long::longValue).sum(),
                w.toMs(),
                now);
    }

    /** A window as far as its end is concerned. */
    private record Kept(
            int index,
            double firstMs,
            double toMs,
            long frames,
            Instant writtenAt,
            String file,
            long bytes,
            boolean gone) {
        static Kept of(ResultSet r) throws SQLException {
            return new Kept(
                    r.getInt("index"),
                    r.getDouble("first_pts_ms"),
                    r.getDouble("to_ms"),
                    r.getLong("frames") + r.getLong("gap_frames"),
                    r.getObject("written_at", OffsetDateTime.class).toInstant(),
                    r.getString("file"),
                    r.getLong("bytes"),
                    r.getString("worker").equals(GapLine.EXPIRED));
        }
    }

    @Override
    public Optional<Expiry> expiry(String job, Instant now, Duration maxAge, long maxBytes) {
        return transactions.run(c -> {
            List<Kept> windows = Sql.list(c, """
                    select w.index, first_pts_ms, to_ms, frames, gap_frames, written_at, file, worker, members.bytes
                    from live_windows w join chunks on chunks.job = w.job and chunks.index = w.index
                    join members on members.job = w.job and members.chunk = w.index
                    where w.job = ? order by w.index""", Kept::of, job);
            long left = windows.stream().mapToLong(Kept::bytes).sum();
            List<Kept> old = new ArrayList<>();
            for (int i = 0; i + 1 < windows.size(); i++) {
                Kept window = windows.get(i);
                if (left <= maxBytes && !window.writtenAt().isBefore(now.minus(maxAge))) {
                    break;
                }
                left -= window.bytes();
                old.add(window);
            }
            boolean nothing = old.isEmpty() || old.size() == 1 && old.getFirst().gone();
            return nothing
                    ? Optional.empty()
                    : Optional.of(new Expiry(
                            job,
                            old.getLast().index(),
                            old.getFirst().firstMs(),
                            old.getLast().toMs(),
                            old.stream().mapToLong(Kept::frames).sum(),
                            old.stream().map(Kept::file).toList()));
        });
    }

    @Override
    public boolean expire(Expiry e, String file, long bytes) {
        return transactions.run(c -> {
            lock(c, e.job());
            int replaced = Sql.update(
                    c,
                    "update members set file = ?, bytes = ?, worker = ?, detections = 0, failed_frames = 0"
                            + " where job = ? and chunk = ?",
                    file,
                    bytes,
                    GapLine.EXPIRED,
                    e.job(),
                    e.lastIndex());
            if (replaced == 0) {
                return false;
            }
            Sql.update(c, "delete from members where job = ? and chunk < ?", e.job(), e.lastIndex());
            Sql.update(c, "delete from live_windows where job = ? and index < ?", e.job(), e.lastIndex());
            Sql.update(c, "delete from chunks where job = ? and index < ?", e.job(), e.lastIndex());
            // Its frames are in a gap now.
            Sql.update(
                    c,
                    "update chunks set frames = 0, first_pts_ms = ? where job = ? and index = ?",
                    e.fromMs(),
                    e.job(),
                    e.lastIndex());
            Sql.update(
                    c,
                    "update live_windows set gap_frames = ? where job = ? and index = ?",
                    e.frames(),
                    e.job(),
                    e.lastIndex());
            return true;
        });
    }

    @Override
    public List<String> withExpired(Instant now, Duration maxAge, long maxBytes) {
        // The newest window stays, and the one that stands for those that are gone is no reason to replace it.
        return transactions.run(
                c -> Sql.list(c, """
                select job from (
                    select w.job, w.written_at, m.bytes,
                        w.index < max(w.index) over (partition by w.job) and m.worker <> ? as may_go
                    from live_windows w join members m on m.job = w.job and m.chunk = w.index) windows
                group by job
                having min(written_at) filter (where may_go) < ? or bool_or(may_go) and sum(bytes) > ?
                order by job""", r -> r.getString(1), GapLine.EXPIRED, now.minus(maxAge), maxBytes));
    }
}
