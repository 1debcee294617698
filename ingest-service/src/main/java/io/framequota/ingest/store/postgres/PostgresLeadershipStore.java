package io.framequota.ingest.store.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
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
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
        // The snapshot comes after the new epoch: commits of the old epoch are refused from here on, so the
        // snapshot misses none.
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
        List<String> running = lockIds(c, "select id from jobs where state = 'RUNNING' order by id for update");
        Sql.update(
                c,
                "update jobs set attempts_base = attempts_base + ? where id = any (?)",
                PostgresJobStore.ATTEMPTS_STEP,
                running);
        Sql.update(c, "update leadership set epoch = nextval('epoch'), scheduler = ?", request.getScheduler());
        PolicyChoice stored = storedChoice(c);
        if (!request.getStart().equals(stored.getStart())) {
            write(c, epoch(c), withSettings(stored, request));
        }
    }

    /**
     * Runs a select of ids that locks the jobs' rows. Every transaction that locks several jobs uses a select that says
     * {@code order by id for update}, so that no two transactions wait for each other.
     */
    private static List<String> lockIds(Connection c, String select, Object... arguments) throws SQLException {
        return Sql.list(c, select, r -> r.getString(1), arguments);
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
        return Sql.first(c, "select kept_parameters from leadership", r -> parsed(PolicyChoice.parser(), r.getBytes(1)))
                .orElseThrow();
    }

    private static <T extends MessageLite> T parsed(Parser<T> parser, byte @Nullable [] bytes) throws SQLException {
        try {
            return parser.parseFrom(bytes == null ? new byte[0] : bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("a stored message of the leader is not readable", e);
        }
    }

    private static long lastArrival(Connection c) throws SQLException {
        return number(c, "select coalesce(max(arrival), 0) from jobs");
    }

    private static long number(Connection c, String sql) throws SQLException {
        return Sql.first(c, sql, r -> r.getLong(1)).orElseThrow();
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
        return number(c, "select epoch from leadership");
    }

    /** The current epoch, which cannot rise until the transaction ends. */
    static long lockEpoch(Connection c) throws SQLException {
        return number(c, "select epoch from leadership for share");
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
        int written = Sql.update(
                c,
                "update leadership set kept_policy = ?, kept_parameters = ? where epoch = ?",
                choice.getPolicy(),
                choice.toByteArray(),
                epoch);
        if (written != 1) {
            throw new StaleEpochException(epoch, epoch(c));
        }
    }

    @Override
    public void saveModelProfiles(Lessons profiles) {
        transactions.run(c -> {
            check(profiles.getEpoch(), lockEpoch(c));
            for (Learnt profile : profiles.getLearntList()) {
                Sql.update(
                        c,
                        "insert into learnt values (?, ?) on conflict (model) do update set learnt = excluded.learnt",
                        profile.getModel(),
                        profile.toByteArray());
            }
            return profiles;
        });
    }

    @Override
    public OptionalDouble frameSeconds(String model) {
        return transactions.run(c -> Sql.first(
                        c,
                        "select learnt from learnt where model = ?",
                        r -> parsed(Learnt.parser(), r.getBytes(1)),
                        model)
                .filter(l -> l.getFrames() > 0)
                .map(l -> OptionalDouble.of(l.getCoreSeconds() / l.getFrames()))
                .orElse(OptionalDouble.empty()));
    }

    private static List<Learnt> modelProfiles(Connection c) throws SQLException {
        return Sql.list(c, "select learnt from learnt order by model", r -> parsed(Learnt.parser(), r.getBytes(1)));
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
        List<String> without = lockIds(
                c,
                "select id from jobs where id = any (?) and forecast_s is null order by id for update",
                first.keySet());
        for (String id : without) {
            Forecast one = Objects.requireNonNull(first.get(id));
            Sql.update(c, """
                    update jobs set forecast_s = ?, forecast_p10_s = ?, forecast_p90_s = ?, forecast_policy = ?
                    where id = ?""", one.getForecastS(), one.getP10S(), one.getP90S(), one.getPolicy(), id);
        }
    }

    /**
     * First forecasts and response times of the latest jobs, oldest first. Only jobs that succeeded under the policy of their
     * forecast and without a redrive or a change of the leader, which no forecast includes.
     */
    private static List<ForecastOutcome> outcomes(Connection c) throws SQLException {
        return Sql.list(
                        c,
                        """
                        select forecast_policy, forecast_s, extract(epoch from ended_at - submitted_at) as response_s
                        from jobs where forecast_s is not null and state = 'SUCCEEDED' and policy = forecast_policy
                            and attempts_base = 0
                        order by ended_at desc limit 1000""",
                        r -> ForecastOutcome.newBuilder()
                                .setPolicy(r.getString("forecast_policy"))
                                .setForecastS(r.getDouble("forecast_s"))
                                .setResponseS(r.getDouble("response_s"))
                                .build())
                .reversed();
    }

    @Override
    public String policy() {
        return transactions.run(PostgresLeadershipStore::policy);
    }

    static String policy(Connection c) throws SQLException {
        return Sql.first(
                        c,
                        "select coalesce(nullif(kept_policy, ''), ?) from leadership",
                        r -> r.getString(1),
                        DEFAULT_POLICY)
                .orElseThrow();
    }
}
