package io.framequota.ingest.store.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.job.BusyTimes;
import io.framequota.ingest.job.FirstForecast;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LabelLimits;
import io.framequota.ingest.store.JobStore;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Between rows of {@code jobs} and {@link Job}. */
final class JobRowMapper {
    /** Rows that are held at a time while jobs are read: one of an earlier release may have labels of hundreds of kB. */
    private static final int FETCH = 50;

    /** About as much as a job has besides its texts. */
    private static final int NUMBERS = 512;

    private JobRowMapper() {}

    /** The job, locked until the transaction ends. */
    static Optional<Job> lock(Connection c, String id) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select * from jobs where id = ? for update")) {
            s.setString(1, id);
            return first(s);
        }
    }

    /**
     * Runs a select of ids that locks their jobs. Whoever locks more than one job does it by this, and selects {@code order by id
     * for update}: so no two transactions wait for one another crosswise.
     */
    static List<String> lockInOrder(PreparedStatement select) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (ResultSet r = select.executeQuery()) {
            while (r.next()) {
                ids.add(r.getString(1));
            }
        }
        return ids;
    }

    static Optional<Job> first(PreparedStatement s) throws SQLException {
        try (ResultSet r = s.executeQuery()) {
            return r.next() ? Optional.of(job(r)) : Optional.empty();
        }
    }

    static List<Job> all(PreparedStatement s) throws SQLException {
        s.setFetchSize(FETCH);
        List<Job> jobs = new ArrayList<>();
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                jobs.add(job(r));
            }
        }
        return jobs;
    }

    /** Jobs up to a number and a size of their texts, in bytes, and whether the statement has more; one job at least. */
    static JobStore.Page page(PreparedStatement s, int most, long mostBytes) throws SQLException {
        s.setFetchSize(FETCH);
        List<Job> jobs = new ArrayList<>();
        long bytes = 0;
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                Job job = job(r);
                bytes += texts(job);
                if (jobs.size() == most || (!jobs.isEmpty() && bytes > mostBytes)) {
                    return new JobStore.Page(jobs, true);
                }
                jobs.add(job);
            }
        }
        return new JobStore.Page(jobs, false);
    }

    private static long texts(Job job) {
        long bytes = NUMBERS + LabelLimits.bytes(job.spec().source());
        for (Map.Entry<String, String> label : job.spec().labels().entrySet()) {
            bytes += LabelLimits.bytes(label.getKey()) + LabelLimits.bytes(label.getValue());
        }
        for (String warning : job.tally().warnings()) {
            bytes += LabelLimits.bytes(warning);
        }
        return job.state() instanceof JobState.Failed f ? bytes + LabelLimits.bytes(f.cause()) : bytes;
    }

    /** Writes the state of a locked job. */
    static void state(Connection c, String id, JobState state) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("update jobs set state = ?, ended_at = ?, error = ? where id = ?")) {
            s.setString(1, state.name());
            s.setObject(2, state instanceof JobState.Ended e ? time(e.at()) : null);
            s.setString(3, state instanceof JobState.Failed f ? f.cause() : null);
            s.setString(4, id);
            s.executeUpdate();
        }
    }

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static String[] flat(Map<String, String> labels) {
        List<String> flat = new ArrayList<>();
        labels.forEach((k, v) -> {
            flat.add(k);
            flat.add(v);
        });
        return flat.toArray(String[]::new);
    }

    private static Job job(ResultSet r) throws SQLException {
        return new Job(spec(r), r.getLong("arrival"), instant(r, "submitted_at"), state(r), tally(r), forecast(r));
    }

    private static @Nullable FirstForecast forecast(ResultSet r) throws SQLException {
        double forecastS = r.getDouble("forecast_s");
        return r.wasNull()
                ? null
                : new FirstForecast(
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
                card(r.getBytes("card")),
                r.getInt("every"),
                r.getInt("chunk_frames"),
                r.getLong("chunk_bytes"),
                labels(strings(r, "labels")),
                r.getInt("stream"));
    }

    static ModelCard card(byte[] bytes) throws SQLException {
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
            case "FAILED" -> new JobState.Failed(instant(r, "ended_at"), String.valueOf(r.getString("error")));
            case "CANCELLED" -> new JobState.Cancelled(instant(r, "ended_at"));
            default -> throw new SQLException("unknown state of a job: " + name);
        };
    }

    private static JobProgress tally(ResultSet r) throws SQLException {
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
                r.getString("transport"),
                r.getString("policy"),
                r.getInt("attempts_base"),
                r.getBoolean("discarded"),
                instantOrNull(r, "last_result_at"),
                new BusyTimes(
                        r.getLong("model_us"),
                        r.getLong("preprocess_us"),
                        r.getLong("postprocess_us"),
                        r.getLong("transport_us"),
                        r.getLong("decode_us"),
                        r.getLong("scale_us"),
                        r.getLong("publish_us"),
                        r.getLong("wait_us")),
                probed(r.getBytes("probed")));
    }

    private static @Nullable Probed probed(byte @Nullable [] bytes) throws SQLException {
        try {
            return bytes == null ? null : Probed.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("what was probed of a job is not readable", e);
        }
    }

    private static Instant instant(ResultSet r, String column) throws SQLException {
        Instant instant = instantOrNull(r, column);
        if (instant == null) {
            throw new SQLException("a job lacks " + column);
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
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            labels.put(flat[i], flat[i + 1]);
        }
        return LabelLimits.kept(labels);
    }
}
