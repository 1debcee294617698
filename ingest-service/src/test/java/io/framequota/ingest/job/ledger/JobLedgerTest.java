package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.BusyTimes;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.queue.PublishProgress;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that goes away in the middle of a change: what is known in memory must be what it holds when it is back. */
class JobLedgerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(10_000), ZoneOffset.UTC);
    private static final long ROOM = 1000;
    private static final int BYTES = 900;
    private static final Reservation NO_ROOM = () -> {};

    /** When the database breaks: before the next change is made, or when it is made and not yet answered. */
    private enum Trouble {
        NONE,
        BEFORE,
        AFTER
    }

    private final List<JobFact> told = new CopyOnWriteArrayList<>();
    private final Map<Integer, Long> deletedBelow = new ConcurrentHashMap<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<Integer, KnownChunk> stored = new TreeMap<>();
    private final Map<Integer, String> winners = new TreeMap<>();
    private Job job = job("j", new JobState.Running(), false);
    private Trouble trouble = Trouble.NONE;
    private JobEventQueue facts;
    private JobLedger ledger;

    @BeforeEach
    void start() {
        JobStore jobs = port(JobStore.class, (proxy, method, args) -> switch (method.getName()) {
            case "open" -> List.of();
            case "endedSince" -> List.of(job("earlier", new JobState.Succeeded(CLOCK.instant()), true));
            case "move" -> answered(() -> moved(args));
            default -> throw new UnsupportedOperationException(method.getName());
        });
        ChunkStore chunks = port(ChunkStore.class, (proxy, method, args) -> switch (method.getName()) {
            case "open" -> List.of();
            case "chunks" -> List.copyOf(stored.values());
            case "written" ->
                answered(() -> {
                    Chunk chunk = ((WrittenChunk) args[0]).chunk();
                    stored.put(chunk.getIndex(), new KnownChunk(chunk, 0, KnownChunk.State.OPEN));
                    return true;
                });
            case "commit" -> answered(() -> committed((ChunkResult) args[0], (String) args[1]));
            default -> throw new UnsupportedOperationException(method.getName());
        });
        IngestConfig config = port(IngestConfig.class, (proxy, method, args) -> switch (method.getName()) {
            case "decodeAheadBytes" -> new MemorySize(BigInteger.valueOf(4 * ROOM));
            case "decodeJobs" -> 2;
            default -> throw new UnsupportedOperationException(method.getName());
        });
        facts = new JobEventQueue(told::add, jobs, chunks, CLOCK, meters);
        ledger = new JobLedger(
                jobs, chunks, facts, new JobChangeNotifier(), deletedBelow::putAll, CLOCK, config, meters);
        facts.start();
        Await.until("the start's telling is over", () -> told.size() == 1);
    }

    @AfterEach
    void stop() {
        facts.stop();
    }

    private Reservation reserve() {
        Reservation room = ledger.room(job, () -> false, () -> {}).tryReserve(ROOM);
        assertThat(room).isNotNull();
        return room;
    }

    @Test
    void roomForAChunkThatWasNotStoredComesBack() {
        for (int i = 0; i < 10; i++) {
            PublishProgress pass = new PublishProgress(job, ledger);
            Reservation room = reserve();
            trouble = Trouble.BEFORE;
            assertThatThrownBy(() -> pass.written(chunk(0), room)).isInstanceOf(StoreException.class);
            room.close();
            ledger.settle();
            assertThat(held()).as("bytes held after pass %d", i).isZero();
        }
    }

    @Test
    void aChunkWhoseStoringWasNotAnsweredIsHeldNeededAndTold() {
        PublishProgress pass = new PublishProgress(job, ledger);
        Reservation room = reserve();
        trouble = Trouble.AFTER;
        assertThatThrownBy(() -> pass.written(chunk(0), room)).isInstanceOf(StoreException.class);
        room.close();

        ledger.settle();

        assertThat(held()).isEqualTo(BYTES);
        Await.until("the scheduler is told", () -> told.stream().anyMatch(JobFact::hasChunkReady));
        // A later chunk's commit leaves its frames alone.
        ledger.written(chunk(1), NO_ROOM);
        ledger.commit(result(1), "1");
        assertThat(deletedBelow).containsEntry(0, 0L);
        ledger.commit(result(0), "0");
        assertThat(deletedBelow).containsEntry(0, 20L);
        assertThat(held()).isZero();
    }

    @Test
    void framesOfAChunkThatMayBeStoredStayWhileTheDatabaseIsAway() {
        ledger.written(chunk(1), NO_ROOM);
        trouble = Trouble.BEFORE;
        assertThatThrownBy(() -> ledger.written(chunk(0), NO_ROOM)).isInstanceOf(StoreException.class);
        assertThat(held()).isEqualTo(2 * BYTES);

        ledger.commit(result(1), "1");

        assertThat(held()).as("it was not stored").isZero();
        assertThat(deletedBelow).containsEntry(0, 20L);
    }

    @Test
    void aCommitThatWasNotAnsweredFreesItsFramesAndEndsItsJob() {
        ledger.written(chunk(0), NO_ROOM);
        job = job("j", new JobState.Running(), true);
        trouble = Trouble.AFTER;
        assertThatThrownBy(() -> ledger.commit(result(0), "0")).isInstanceOf(StoreException.class);

        // The committer sends it again.
        assertThat(ledger.commit(result(0), "0")).isEqualTo(new ChunkStore.Commit.Lost("0"));

        assertThat(held()).isZero();
        assertThat(deletedBelow).containsEntry(0, 10L);
        Await.until(
                "the scheduler is told",
                () -> told.stream().anyMatch(f -> f.getJob().equals("j") && f.hasEnded()));
    }

    @Test
    void anEndThatWasNotAnsweredIsFollowedSoonAfter() {
        ledger.written(chunk(0), NO_ROOM);
        trouble = Trouble.AFTER;
        assertThatThrownBy(() -> ledger.fail("j", "why")).isInstanceOf(StoreException.class);

        ledger.settle();

        assertThat(held()).isZero();
        assertThat(deletedBelow).containsEntry(0, 10L);
        Await.until(
                "the scheduler is told",
                () -> told.stream().anyMatch(f -> f.getJob().equals("j") && f.hasEnded()));
    }

    private Optional<JobStore.Change> moved(Object[] args) {
        @SuppressWarnings("unchecked")
        JobState next = ((Function<JobState, JobState>) args[1]).apply(job.state());
        if (next == null) {
            return Optional.of(new JobStore.Change(job, false));
        }
        job = job("j", next, job.tally().decoded());
        stored.clear();
        return Optional.of(new JobStore.Change(job, true));
    }

    private ChunkStore.Commit committed(ChunkResult result, String file) {
        int index = result.getGrant().getChunk();
        if (winners.containsKey(index)) {
            return new ChunkStore.Commit.Lost(winners.get(index));
        }
        winners.put(index, file);
        KnownChunk chunk = stored.get(index);
        stored.put(index, new KnownChunk(chunk.chunk(), 0, KnownChunk.State.COMMITTED));
        if (job.tally().decoded()) {
            job = job("j", new JobState.Succeeded(CLOCK.instant()), true);
        }
        return new ChunkStore.Commit.Won(job, chunk);
    }

    private <T> T answered(Supplier<T> change) {
        Trouble now = trouble;
        trouble = Trouble.NONE;
        if (now == Trouble.BEFORE) {
            throw new StoreException("gone", new IllegalStateException());
        }
        T answer = change.get();
        if (now == Trouble.AFTER) {
            throw new StoreException("gone", new IllegalStateException());
        }
        return answer;
    }

    private double held() {
        return meters.get("framequota.decode.ahead.bytes").gauge().value();
    }

    private static WrittenChunk chunk(int index) {
        return new WrittenChunk(
                Chunk.newBuilder()
                        .setJob("j")
                        .setIndex(index)
                        .setFrames(10)
                        .setFirstOffset(10L * index)
                        .setLastOffset(10L * index + 9)
                        .setBytes(BYTES)
                        .build(),
                0,
                "raw",
                0,
                0,
                0,
                0,
                List.of());
    }

    private static ChunkResult result(int chunk) {
        return ChunkResult.newBuilder()
                .setGrant(GrantRef.newBuilder().setJob("j").setChunk(chunk))
                .build();
    }

    private static Job job(String id, JobState state, boolean decoded) {
        return new Job(
                new JobSpec(id, "s", "s", ModelCard.getDefaultInstance(), 1, 10, 1, Map.of()),
                1,
                CLOCK.instant(),
                state,
                new JobProgress(
                        0,
                        0,
                        0,
                        decoded,
                        1,
                        0,
                        0,
                        0,
                        0,
                        List.of(),
                        "",
                        "",
                        "",
                        0,
                        false,
                        null,
                        new BusyTimes(0, 0, 0, 0, 0, 0, 0, 0)));
    }

    private static <T> T port(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
