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
            if (request.getEpoch() == 0 || request.getEpoch() != epoch(c)) {
                begin(c, request);
            }
            return leadership(c);
        });
        // The snapshot comes after the new epoch: commits of the old epoch are refused from here on, so the snapshot
        // misses
        // none.
        return transactions.run(outer -> {
            SubmissionLock.acquireExclusive(outer);
            return snapshot(begun);
        });
    }

    private Leadership snapshot(Leadership.Builder begun) {
        return transactions.runOnSnapshot(c -> {
            Map<String, List<KnownChunk>> uncommitted = PostgresChunkStore.uncommitted(c).stream()
                    .collect(Collectors.groupingBy(k -> k.chunk().getJob()));
            List<JobView> jobs = PostgresJobStore.openJobs(c).stream()
                    .map(j -> JobEventMessages.view(j, uncommitted.getOrDefault(j.id(), List.of())))
                    .toList();
            return begun.addAllJobs(jobs).setLastArrival(lastArrival(c)).build();
        });
    }

    private static void begin(Connection c, LeadRequest request) throws SQLException {
        // Locks the jobs before the epoch, as every transaction that locks both.
        try (PreparedStatement running =
                        c.prepareStatement("select id from jobs where state = 'RUNNING' order by id for update");
                PreparedStatement attempts = c.prepareStatement("update jobs set attempts_base = attempts_base + "
                        + PostgresJobStore.ATTEMPTS_STEP + " where id = any (?)");
                PreparedStatement s =
                        c.prepareStatement("update leadership set epoch = nextval('epoch'), scheduler = ?")) {
            attempts.setArray(
                    1, c.createArrayOf("text", JobRowMapper.lockIds(running).toArray()));
            attempts.executeUpdate();
            s.setString(1, request.getScheduler());
            s.executeUpdate();
        }
        PolicyChoice stored = storedChoice(c);
        if (!request.getStart().equals(stored.getStart())) {
            write(c, epoch(c), withSettings(stored, request));
        }
    }

    /** The stored choice, replaced where the settings of a new start name something else. */
    private static PolicyChoice withSettings(PolicyChoice stored, LeadRequest request) {
        PolicyChoice.Builder next = stored.toBuilder().setStart(request.getStart());
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
                .setEpoch(epoch(c))
                .addAllLearnt(modelProfiles(c))
                .addAllOutcomes(outcomes(c));
        PolicyChoice stored = storedChoice(c);
        return stored.equals(PolicyChoice.getDefaultInstance()) ? builder : builder.setPolicy(stored);
    }

    /** The default instance when no policy was stored. */
    private static PolicyChoice storedChoice(Connection c) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("select kept_parameters from leadership");
                ResultSet r = s.executeQuery()) {
            r.next();
            byte[] bytes = r.getBytes(1);
            return bytes == null ? PolicyChoice.getDefaultInstance() : PolicyChoice.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the stored policy is not readable", e);
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
        return transactions.run(PostgresLeadershipStore::epoch);
    }

    private static void check(long epoch, long current) {
        if (epoch != current) {
            throw new StaleEpochException(epoch, current);
        }
    }

    private static long epoch(Connection c) throws SQLException {
        return selectEpoch(c, "select epoch from leadership");
    }

    /** The current epoch, which cannot rise until the transaction ends. */
    static long lockEpoch(Connection c) throws SQLException {
        return selectEpoch(c, "select epoch from leadership for share");
    }

    private static long selectEpoch(Connection c, String sql) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql);
                ResultSet r = s.executeQuery()) {
            r.next();
            return r.getLong(1);
        }
    }

    @Override
    public void savePolicy(PolicyChoice choice) {
        transactions.run(c -> {
            // The start changes with the epoch only.
            PolicyChoice next = choice.toBuilder()
                    .clearEpoch()
                    .setStart(storedChoice(c).getStart())
                    .build();
            write(c, choice.getEpoch(), next);
            return next;
        });
    }

    private static void write(Connection c, long epoch, PolicyChoice choice) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("update leadership set kept_policy = ?, kept_parameters = ? where epoch = ?")) {
            s.setString(1, choice.getPolicy());
            s.setBytes(2, choice.toByteArray());
            s.setLong(3, epoch);
            if (s.executeUpdate() != 1) {
                throw new StaleEpochException(epoch, epoch(c));
            }
        }
    }

    @Override
    public void saveModelProfiles(Lessons profiles) {
        transactions.run(c -> {
            check(profiles.getEpoch(), lockEpoch(c));
            try (PreparedStatement s = c.prepareStatement(
                    "insert into learnt values (?, ?) on conflict (model) do update set learnt = excluded.learnt")) {
                for (Learnt profile : profiles.getLearntList()) {
                    s.setString(1, profile.getModel());
                    s.setBytes(2, profile.toByteArray());
                    s.addBatch();
                }
                return s.executeBatch();
            }
        });
    }

    private static List<Learnt> modelProfiles(Connection c) throws SQLException {
        List<Learnt> profiles = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("select learnt from learnt order by model");
                ResultSet r = s.executeQuery()) {
            while (r.next()) {
                profiles.add(Learnt.parseFrom(r.getBytes(1)));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("a stored model profile is not readable", e);
        }
        return profiles;
    }

    @Override
    public void saveFirstForecasts(Forecasts forecasts) {
        Map<String, Forecast> first = forecasts.getForecastsList().stream()
                .filter(f -> f.getFirst() && f.getForecastS() > 0)
                .collect(Collectors.toMap(Forecast::getJob, f -> f, (one, other) -> one));
        transactions.run(c -> {
            // Locks the jobs before the epoch, as a commit and a new leader do, so that no two transactions wait for
            // each other.
            writeFirst(c, first);
            check(forecasts.getEpoch(), first.isEmpty() ? epoch(c) : lockEpoch(c));
            return first;
        });
    }

    private static void writeFirst(Connection c, Map<String, Forecast> first) throws SQLException {
        if (first.isEmpty()) {
            return;
        }
        try (PreparedStatement jobs = c.prepareStatement(
                        "select id from jobs where id = any (?) and forecast_s is null order by id for update");
                PreparedStatement s = c.prepareStatement("""
                        update jobs set forecast_s = ?, forecast_p10_s = ?, forecast_p90_s = ?, forecast_policy = ?
                        where id = ?""")) {
            jobs.setArray(1, c.createArrayOf("text", first.keySet().toArray()));
            for (String id : JobRowMapper.lockIds(jobs)) {
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
     * First forecasts and response times of the latest jobs, oldest first. Only jobs that succeeded under the policy of their
     * forecast and without a redrive or a change of the leader, which no forecast includes.
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
