package io.framequota.ingest.store.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LabelLimits;
import io.framequota.ingest.job.LiveProgress;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.store.JobStore;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps rows of the table {@code jobs} to {@link Job} and back. */
final class JobRowMapper {
    /** Bytes of a job besides its texts, roughly. */
    private static final int FIXED_BYTES = 512;

    private JobRowMapper() {}

    /** Reads the job and locks its row until the transaction ends. */
    static Optional<Job> lockJob(Connection c, String id) throws SQLException {
        return Sql.first(c, "select * from jobs where id = ? for update", JobRowMapper::job, id);
    }

    /** Reads jobs up to a number of jobs and a size of their texts in bytes, but at least one job if there is any. */
    static JobStore.Page page(Connection c, int maxJobs, long maxBytes, String sql, @Nullable Object... arguments)
            throws SQLException {
        List<Job> jobs = new ArrayList<>();
        AtomicLong bytes = new AtomicLong();
        AtomicBoolean more = new AtomicBoolean();
        Sql.read(
                c,
                sql,
                row -> {
                    Job job = job(row);
                    boolean full = bytes.addAndGet(sizeOf(job)) > maxBytes && !jobs.isEmpty();
                    more.set(full || jobs.size() == maxJobs);
                    return !more.get() && jobs.add(job);
                },
                arguments);
        return new JobStore.Page(jobs, more.get());
    }

    private static long sizeOf(Job job) {
        long bytes = FIXED_BYTES
                + LabelLimits.bytes(job.spec().source())
                + LabelLimits.bytes(job.spec().labels());
        bytes += job.spec().tracking().map(t -> t.words().length()).orElse(0);
        for (String warning : job.progress().warnings()) {
            bytes += LabelLimits.bytes(warning);
        }
        return job.state() instanceof JobState.Failed f ? bytes + LabelLimits.bytes(f.cause()) : bytes;
    }

    /** Writes the state of a locked job. */
    static void updateState(Connection c, String id, JobState state) throws SQLException {
        Sql.update(
                c,
                "update jobs set state = ?, ended_at = ?, error = ?, bad_input = ?, live_open = live_open and not ? where id = ?",
                state.name(),
                state instanceof JobState.Ended e ? e.at() : null,
                state instanceof JobState.Failed f ? f.cause() : null,
                state instanceof JobState.Failed f && f.badInput(),
                state instanceof JobState.Ended,
                id);
    }

    /** The names and values of labels in turn, as the column {@code labels} holds them. */
    static List<String> namesAndValues(Map<String, String> labels) {
        return labels.entrySet().stream()
                .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                .toList();
    }

    static Job job(ResultSet r) throws SQLException {
        return new Job(
                spec(r), r.getLong("arrival"), instant(r, "submitted_at"), state(r), progress(r), firstForecast(r));
    }

    private static Job.@Nullable FirstForecast firstForecast(ResultSet r) throws SQLException {
        double forecastS = r.getDouble("forecast_s");
        return r.wasNull()
                ? null
                : new Job.FirstForecast(
                        forecastS,
                        r.getDouble("forecast_p10_s"),
                        r.getDouble("forecast_p90_s"),
                        r.getString("forecast_policy"));
    }

    private static JobSpec spec(ResultSet r) throws SQLException {
        return new JobSpec(
                r.getString("id"),
                r.getString("source"),
                r.getString("input"),
                modelCard(r.getBytes("card")),
                r.getInt("every"),
                r.getInt("chunk_frames"),
                r.getLong("chunk_bytes"),
                labels(strings(r, "labels")),
                r.getInt("stream"),
                TransportChoice.named(r.getString("transport_choice")).orElse(TransportChoice.AUTO),
                Projection.named(r.getString("projection")),
                r.getInt("group_frames"),
                tracking(r.getString("zones")),
                r.getBoolean("live")
                        ? Optional.of(new LiveSpec(
                                Optional.ofNullable(r.getString("listen_key")),
                                r.getString("publish"),
                                r.getBoolean("hls")))
                        : Optional.empty(),
                r.getString("tenant"));
    }

    /** @param zones in words; null for a job without tracks */
    private static Optional<Tracking> tracking(@Nullable String zones) {
        return zones == null ? Optional.empty() : Tracking.of(true, zones.isEmpty() ? List.of() : List.of(zones));
    }

    static ModelCard modelCard(byte[] bytes) throws SQLException {
        try {
            return ModelCard.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("a model card in the database is not readable", e);
        }
    }

    private static JobState state(ResultSet r) throws SQLException {
        String name = r.getString("state");
        return switch (name) {
            case "QUEUED" -> new JobState.Queued();
            case "RUNNING" -> new JobState.Running();
            case "SUCCEEDED" -> new JobState.Succeeded(instant(r, "ended_at"));
            case "FAILED" ->
                new JobState.Failed(
                        instant(r, "ended_at"), String.valueOf(r.getString("error")), r.getBoolean("bad_input"));
            case "CANCELLED" -> new JobState.Cancelled(instant(r, "ended_at"));
            default -> throw new SQLException("a job has the unknown state " + name);
        };
    }

    private static JobProgress progress(ResultSet r) throws SQLException {
        return new JobProgress(
                r.getLong("expected_frames"),
                r.getInt("width"),
                r.getInt("height"),
                r.getBoolean("decoded"),
                r.getInt("chunks"),
                r.getInt("chunks_committed"),
                r.getLong("frames"),
                r.getLong("detections"),
                r.getLong("failed_frames"),
                List.of(strings(r, "warnings")),
                r.getString("frame_transport"),
                r.getString("frame_transport_reason"),
                r.getObject("left_packets_at", Integer.class),
                r.getString("transport"),
                r.getString("policy"),
                r.getInt("attempts_base"),
                r.getBoolean("discarded"),
                instantOrNull(r, "last_result_at"),
                new JobProgress.BusyTimes(
                        r.getLong("model_us"),
                        r.getLong("preprocess_us"),
                        r.getLong("postprocess_us"),
                        r.getLong("transport_us"),
                        r.getLong("decode_us"),
                        r.getLong("scale_us"),
                        r.getLong("publish_us"),
                        r.getLong("wait_us")),
                probed(r.getBytes("probed")),
                r.getBoolean("live") ? live(r) : LiveProgress.NONE);
    }

    private static LiveProgress live(ResultSet r) throws SQLException {
        byte[] stream = r.getBytes("live_stream");
        Map<String, Long> gaps = new TreeMap<>();
        pairs(strings(r, "gaps")).forEach((cause, frames) -> gaps.put(cause, Long.parseLong(frames)));
        try {
            return new LiveProgress(
                    stream == null ? null : LiveStream.parseFrom(stream), r.getBoolean("live_open"), gaps);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the stream of a job is not readable", e);
        }
    }

    private static @Nullable Probed probed(byte @Nullable [] bytes) throws SQLException {
        try {
            return bytes == null ? null : Probed.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the probe result of a job is not readable", e);
        }
    }

    private static Instant instant(ResultSet r, String column) throws SQLException {
        Instant instant = instantOrNull(r, column);
        if (instant == null) {
            throw new SQLException("a job has no " + column);
        }
        return instant;
    }

    private static @Nullable Instant instantOrNull(ResultSet r, String column) throws SQLException {
        OffsetDateTime time = r.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static String[] strings(ResultSet r, String column) throws SQLException {
        Array array = r.getArray(column);
        return array == null ? new String[0] : (String[]) array.getArray();
    }

    private static Map<String, String> labels(String[] flat) {
        return LabelLimits.truncated(pairs(flat));
    }

    private static Map<String, String> pairs(String[] flat) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            pairs.put(flat[i], flat[i + 1]);
        }
        return pairs;
    }
}
