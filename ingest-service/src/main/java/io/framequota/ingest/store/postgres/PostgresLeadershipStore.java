package io.framequota.ingest.store.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.ForecastOutcome;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Learnt;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.ledger.JobEventMessages;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.StaleEpochException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** {@link LeadershipStore} on PostgreSQL. */
@Singleton
final class PostgresLeadershipStore implements LeadershipStore {
    private static final String DEFAULT_POLICY = "auto";

    private final Transactions transactions;

    PostgresLeadershipStore(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public Leadership lead(LeadRequest request) {
        Leadership.Builder begun = transactions.run(c -> {
            if (request.getEpoch() == 0 || request.getEpoch() != epoch(c, false)) {
                begin(c, request);
            }
            return leadership(c);
        });
        // Only now the snapshot: what commits under the old epoch from here on is refused, so nothing is missing from
        // it.
        return transactions.run(outer -> {
            SubmissionLock.holdBack(outer);
            return snapshot(begun);
        });
    }

    private Leadership snapshot(Leadership.Builder begun) {
        return transactions.runOnSnapshot(c -> {
            Map<String, List<KnownChunk>> unsettled = PostgresChunkStore.unsettled(c).stream()
                    .collect(Collectors.groupingBy(k -> k.chunk().getJob()));
            List<JobView> jobs = PostgresJobStore.open(c).stream()
                    .map(j -> JobEventMessages.of(j, unsettled.getOrDefault(j.id(), List.of())))
                    .toList();
            return begun.addAllJobs(jobs).setLastArrival(lastArrival(c)).build();
        });
    }

    private static void begin(Connection c, LeadRequest request) throws SQLException {
        // Jobs before the epoch, as everyone who locks both.
        try (PreparedStatement running =
                        c.prepareStatement("select id from jobs where state = 'RUNNING' order by id for update");
                PreparedStatement attempts = c.prepareStatement("update jobs set attempts_base = attempts_base + "
                        + PostgresJobStore.ATTEMPTS_STEP + " where id = any (?)");
                PreparedStatement s =
                        c.prepareStatement("update leadership set epoch = nextval('epoch'), scheduler = ?")) {
            attempts.setArray(
                    1, c.createArrayOf("text", JobRowMapper.lockInOrder(running).toArray()));
            attempts.executeUpdate();
            s.setString(1, request.getScheduler());
            s.executeUpdate();
        }
        PolicyChoice kept = kept(c);
        if (!request.getStart().equals(kept.getStart())) {
            keep(c, epoch(c, false), configured(kept, request));
        }
    }

    /** What was kept, with what the settings of a new start name in its place. */
    private static PolicyChoice configured(PolicyChoice kept, LeadRequest request) {
        PolicyChoice.Builder next = kept.toBuilder().setStart(request.getStart());
        if (!request.getPolicy().isEmpty()) {
            next.clearParameters().setPolicy(request.getPolicy());
        }
        if (!request.getActuator().isEmpty()) {
            next.setActuator(request.getActuator());
        }
        return next.build();
    }

    private static Leadership.Builder leadership(Connection c) throws SQLException {
        Leadership.Builder builder = Leadership.newBuilder()
                .setEpoch(epoch(c, false))
                .addAllLearnt(learnt(c))
                .addAllOutcomes(outcomes(c));
        PolicyChoice kept = kept(c);
        return kept.equals(PolicyChoice.getDefaultInstance()) ? builder : builder.setPolicy(kept);
    }

    /** The default instance when nothing was kept. */
    private static PolicyChoice kept(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select kept_parameters from leadership");
                ResultSet r = s.executeQuery()) {
            r.next();
            byte[] bytes = r.getBytes(1);
            return bytes == null ? PolicyChoice.getDefaultInstance() : PolicyChoice.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the kept policy is not readable", e);
        }
    }

    private static long lastArrival(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select coalesce(max(arrival), 0) from jobs");
                ResultSet r = s.executeQuery()) {
            r.next();
            return r.getLong(1);
        }
    }

    @Override
    public long epoch() {
        return transactions.run(c -> epoch(c, false));
    }

    /** @param held keep it from rising until the transaction ends */
    static long epoch(Connection c, boolean held) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select epoch from leadership" + (held ? " for share" : ""));
                ResultSet r = s.executeQuery()) {
            r.next();
            return r.getLong(1);
        }
    }

    @Override
    public long keep(PolicyChoice choice) {
        return transactions.run(c -> {
            // The start changes with the epoch only.
            PolicyChoice next =
                    choice.toBuilder().clearEpoch().setStart(kept(c).getStart()).build();
            return keep(c, choice.getEpoch(), next) ? choice.getEpoch() : epoch(c, false);
        });
    }

    /** Keeps it if this is the current epoch; whether it was. */
    private static boolean keep(Connection c, long epoch, PolicyChoice choice) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("update leadership set kept_policy = ?, kept_parameters = ? where epoch = ?")) {
            s.setString(1, choice.getPolicy());
            s.setBytes(2, choice.toByteArray());
            s.setLong(3, epoch);
            return s.executeUpdate() == 1;
        }
    }

    @Override
    public long keep(Lessons lessons) {
        return transactions.run(c -> {
            long current = epoch(c, true);
            if (lessons.getEpoch() == current) {
                keep(c, lessons.getLearntList());
            }
            return current;
        });
    }

    private static void keep(Connection c, List<Learnt> learnt) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "insert into learnt values (?, ?) on conflict (model) do update set learnt = excluded.learnt")) {
            for (Learnt one : learnt) {
                s.setString(1, one.getModel());
                s.setBytes(2, one.toByteArray());
                s.addBatch();
            }
            s.executeBatch();
        }
    }

    private static List<Learnt> learnt(Connection c) throws SQLException {
        List<Learnt> learnt = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("select learnt from learnt order by model");
                ResultSet r = s.executeQuery()) {
            while (r.next()) {
                learnt.add(Learnt.parseFrom(r.getBytes(1)));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("what was learnt is not readable", e);
        }
        return learnt;
    }

    @Override
    public void keep(Forecasts forecasts) {
        Map<String, Forecast> first = forecasts.getForecastsList().stream()
                .filter(f -> f.getFirst() && f.getForecastS() > 0)
                .collect(Collectors.toMap(Forecast::getJob, f -> f, (one, other) -> one));
        transactions.run(c -> {
            // The jobs before the epoch, as a commit and a new leader do: nobody waits for one another crosswise.
            keepFirst(c, first);
            long current = epoch(c, !first.isEmpty());
            if (forecasts.getEpoch() != current) {
                throw new StaleEpochException(current);
            }
            return current;
        });
    }

    private static void keepFirst(Connection c, Map<String, Forecast> first) throws SQLException {
        if (first.isEmpty()) {
            return;
        }
        try (PreparedStatement without = c.prepareStatement(
                        "select id from jobs where id = any (?) and forecast_s is null order by id for update");
                PreparedStatement s = c.prepareStatement("""
                        update jobs set forecast_s = ?, forecast_p10_s = ?, forecast_p90_s = ?, forecast_policy = ?
                        where id = ?""")) {
            without.setArray(1, c.createArrayOf("text", first.keySet().toArray()));
            for (String id : JobRowMapper.lockInOrder(without)) {
                Forecast one = Objects.requireNonNull(first.get(id));
                s.setDouble(1, one.getForecastS());
                s.setDouble(2, one.getP10S());
                s.setDouble(3, one.getP90S());
                s.setString(4, one.getPolicy());
                s.setString(5, one.getJob());
                s.addBatch();
            }
            s.executeBatch();
        }
    }

    /**
     * Of the latest jobs that succeeded under the policy that they were forecast under, oldest first. Only of those that ran in
     * one go: nobody forecasts a redrive or a change of the leader.
     */
    private static List<ForecastOutcome> outcomes(Connection c) throws SQLException {
        List<ForecastOutcome> outcomes = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("""
                        select forecast_policy, forecast_s, extract(epoch from ended_at - submitted_at) as response_s
                        from jobs where forecast_s is not null and state = 'SUCCEEDED' and policy = forecast_policy
                            and attempts_base = 0
                        order by ended_at desc limit 1000""");
                ResultSet r = s.executeQuery()) {
            while (r.next()) {
                outcomes.addFirst(ForecastOutcome.newBuilder()
                        .setPolicy(r.getString("forecast_policy"))
                        .setForecastS(r.getDouble("forecast_s"))
                        .setResponseS(r.getDouble("response_s"))
                        .build());
            }
        }
        return outcomes;
    }

    @Override
    public String policy() {
        return transactions.run(PostgresLeadershipStore::policy);
    }

    static String policy(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select coalesce(nullif(kept_policy, ''), ?) from leadership")) {
            s.setString(1, DEFAULT_POLICY);
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getString(1);
            }
        }
    }
}
