package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.JobFact;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore.CommitOutcome;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.StubChunkStore;
import io.framequota.ingest.testing.StubJobStore;
import io.framequota.ingest.testing.StubLiveStore;
import io.framequota.ingest.testing.TestConfig;
import io.framequota.ingest.testing.TestJobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database fails during a change. Once it answers again, the memory of the service must agree with the database. */
class JobLedgerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(10_000), ZoneOffset.UTC);
    private static final long ROOM = 1000;
    private static final int BYTES = 900;

    /** When the database fails: before it makes the next change, or after it made the change and before it answers. */
    private enum Failure {
        NONE,
        BEFORE_CHANGE,
        AFTER_CHANGE
    }

    private final FakeDatabase database = new FakeDatabase();
    private final List<JobFact> events = new CopyOnWriteArrayList<>();
    private final Map<Integer, Long> deletedBelow = new ConcurrentHashMap<>();
    private final DecodeAheadLimiter ahead = new DecodeAheadLimiter(4 * ROOM, 2, 0);
    private final JobEventQueue queue =
            new JobEventQueue(events::add, database.jobs, database.chunks, CLOCK, new SimpleMeterRegistry());

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final JobLedger ledger = new JobLedger(
            database.jobs,
            database.chunks,
            new StubLiveStore(),
            new MemberFiles(TestConfig.defaults()),
            queue,
            new JobChangeNotifier(),
            deletedBelow::putAll,
            ahead,
            CLOCK,
            TestConfig.defaults(),
            new JobStory(metrics));

    @BeforeEach
    void start() {
        queue.start();
        Await.until("the queue has sent the state of all jobs", () -> events.size() == 1);
    }

    @AfterEach
    void stop() {
        queue.stop();
    }

    @Test
    void framesAndEndsAreCountedOnce() {
        ledger.addChunk(chunk(0));
        database.decoded = true;
        ledger.commit(result(0), "0");
        ledger.commit(result(0), "again");

        assertThat(metrics.counter("framequota.frames.in").count())
                .isEqualTo(chunk(0).chunk().getFrames());
        assertThat(metrics.counter("framequota.jobs.ended", "state", "SUCCEEDED")
                        .count())
                .isEqualTo(1);
        assertThat(metrics.timer("framequota.job.response").count()).isEqualTo(1);
    }

    @Test
    void memoryOfAChunkThatWasNotStoredIsReleased() {
        for (int i = 0; i < 10; i++) {
            Reservation room = reserve();
            database.failure = Failure.BEFORE_CHANGE;
            assertThatThrownBy(() -> ledger.addChunk(chunk(0))).isInstanceOf(StoreException.class);
            room.close();
            ledger.reconcile();
            assertThat(ahead.held()).as("bytes held after attempt %d", i).isZero();
        }
    }

    @Test
    void aChunkThatWasStoredWithoutAnAnswerCountsAsOpen() {
        Reservation room = reserve();
        database.failure = Failure.AFTER_CHANGE;
        assertThatThrownBy(() -> ledger.addChunk(chunk(0))).isInstanceOf(StoreException.class);
        room.close();

        ledger.reconcile();

        assertThat(ahead.held()).isEqualTo(BYTES);
        Await.until("the scheduler gets the chunk", () -> events.stream().anyMatch(JobFact::hasChunkReady));
        // The commit of a later chunk does not delete the frames of this one.
        ledger.addChunk(chunk(1));
        ledger.commit(result(1), "1");
        assertThat(deletedBelow).containsEntry(0, 0L);
        ledger.commit(result(0), "0");
        assertThat(deletedBelow).containsEntry(0, 20L);
        assertThat(ahead.held()).isZero();
    }

    @Test
    void framesOfAChunkStayWhileItIsUnknownWhetherTheChunkWasStored() {
        ledger.addChunk(chunk(1));
        database.failure = Failure.BEFORE_CHANGE;
        assertThatThrownBy(() -> ledger.addChunk(chunk(0))).isInstanceOf(StoreException.class);
        assertThat(ahead.held()).isEqualTo(2 * BYTES);

        ledger.commit(result(1), "1");

        assertThat(ahead.held())
                .as("bytes held once it is known that the chunk was not stored")
                .isZero();
        assertThat(deletedBelow).containsEntry(0, 20L);
    }

    @Test
    void aCommitWithoutAnAnswerDeletesItsFramesAndEndsItsJob() {
        ledger.addChunk(chunk(0));
        database.decoded = true;
        database.failure = Failure.AFTER_CHANGE;
        assertThatThrownBy(() -> ledger.commit(result(0), "0")).isInstanceOf(StoreException.class);

        // The committer repeats the commit.
        assertThat(ledger.commit(result(0), "0")).isEqualTo(new CommitOutcome.Lost("0"));

        assertThat(ahead.held()).isZero();
        assertThat(deletedBelow).containsEntry(0, 10L);
        awaitEndOfJob();
    }

    @Test
    void aFailedJobWithoutAnAnswerIsFollowedUp() {
        ledger.addChunk(chunk(0));
        database.failure = Failure.AFTER_CHANGE;
        assertThatThrownBy(() -> ledger.fail("j", "why")).isInstanceOf(StoreException.class);

        ledger.reconcile();

        assertThat(ahead.held()).isZero();
        assertThat(deletedBelow).containsEntry(0, 10L);
        awaitEndOfJob();
    }

    @Test
    void chunksThatTravelAsPixelsAgainReleaseTheirMemoryAlsoWithoutAnAnswer() {
        for (int i = 0; i < 3; i++) {
            ledger.addChunk(chunk(i));
        }
        events.clear();
        database.failure = Failure.AFTER_CHANGE;
        assertThatThrownBy(() -> ledger.leavePackets(irregular(1))).isInstanceOf(StoreException.class);

        // The committer repeats it.
        assertThat(ledger.leavePackets(irregular(1))).isFalse();

        assertThat(ahead.held()).isEqualTo(BYTES);
        Await.until(
                "the scheduler gets the job as it is now",
                () -> events.stream().anyMatch(f -> f.getSubmitted().getOpenCount() == 1));
        ledger.commit(result(0), "0");
        assertThat(deletedBelow).containsEntry(0, 30L);
    }

    private static ChunkResult irregular(int chunk) {
        return result(chunk).toBuilder().setIrregular("why").build();
    }

    private Reservation reserve() {
        Reservation room = ahead.roomOf("j", 1, false, () -> false, () -> {}).tryReserve(ROOM);
        assertThat(room).isNotNull();
        return room;
    }

    private void awaitEndOfJob() {
        Await.until(
                "the scheduler gets the end of the job",
                () -> events.stream().anyMatch(f -> f.getJob().equals("j") && f.hasEnded()));
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
                PixelTransport.RAW,
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

    /** One running job and its chunks, in memory. */
    private static final class FakeDatabase {
        private final Map<Integer, KnownChunk> stored = new TreeMap<>();
        private final Map<Integer, String> winners = new TreeMap<>();
        private JobState state = new JobState.Running();
        private boolean decoded;
        private Failure failure = Failure.NONE;

        private Job job() {
            return TestJobs.job("j", state, TestJobs.progress(decoded, 1, 0));
        }

        private <T> T changed(Supplier<T> change) {
            Failure now = failure;
            failure = Failure.NONE;
            if (now == Failure.BEFORE_CHANGE) {
                throw new StoreException("gone", new IllegalStateException());
            }
            T answer = change.get();
            if (now == Failure.AFTER_CHANGE) {
                throw new StoreException("gone", new IllegalStateException());
            }
            return answer;
        }

        final StubJobStore jobs = new StubJobStore() {
            @Override
            public List<Job> openJobs() {
                return List.of();
            }

            @Override
            public List<Job> endedSince(Instant since) {
                return List.of(TestJobs.job(
                        "earlier", new JobState.Succeeded(CLOCK.instant()), TestJobs.progress(true, 1, 1)));
            }

            @Override
            public Optional<Change> transition(String id, Function<JobState, @Nullable JobState> step) {
                return changed(() -> {
                    JobState next = step.apply(state);
                    if (next == null) {
                        return Optional.of(new Change(job(), false));
                    }
                    state = next;
                    stored.clear();
                    return Optional.of(new Change(job(), true));
                });
            }
        };

        final StubChunkStore chunks = new StubChunkStore() {
            @Override
            public List<KnownChunk> openChunks() {
                return List.of();
            }

            @Override
            public List<KnownChunk> chunks(String job) {
                return List.copyOf(stored.values());
            }

            @Override
            public boolean add(WrittenChunk written) {
                return changed(() -> {
                    Chunk chunk = written.chunk();
                    stored.put(chunk.getIndex(), new KnownChunk(chunk, 0, KnownChunk.State.OPEN));
                    return true;
                });
            }

            @Override
            public List<String> memberFiles(String job) {
                return List.of();
            }

            @Override
            public Optional<Job> leavePackets(ChunkResult irregular, String transport) {
                return changed(() -> {
                    int first = irregular.getGrant().getChunk();
                    boolean changes = stored.keySet().removeIf(index -> index >= first);
                    return changes ? Optional.of(job()) : Optional.empty();
                });
            }

            @Override
            public CommitOutcome commit(ChunkResult result, String file, Instant now) {
                return changed(() -> {
                    int index = result.getGrant().getChunk();
                    if (winners.containsKey(index)) {
                        return new CommitOutcome.Lost(winners.get(index));
                    }
                    winners.put(index, file);
                    KnownChunk chunk = stored.get(index);
                    stored.put(index, new KnownChunk(chunk.chunk(), 0, KnownChunk.State.COMMITTED));
                    if (decoded) {
                        state = new JobState.Succeeded(CLOCK.instant());
                    }
                    return new CommitOutcome.Won(job(), chunk);
                });
            }
        };
    }
}
