package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.job.BusyTimes;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobEventQueueTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(10_000), ZoneOffset.UTC);

    private final List<JobFact> told = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final List<Job> open = new CopyOnWriteArrayList<>();
    private final List<Job> ended = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final JobEventQueue queue = new JobEventQueue(
            fact -> {
                if (away.get()) {
                    throw new IllegalStateException("no broker");
                }
                told.add(fact);
            },
            stub(JobStore.class, Map.of("open", open, "endedSince", ended)),
            stub(
                    ChunkStore.class,
                    Map.of(
                            "chunks",
                            List.of(
                                    known(0, KnownChunk.State.COMMITTED),
                                    known(1, KnownChunk.State.OPEN),
                                    known(2, KnownChunk.State.DROPPED)))),
            CLOCK,
            meters);

    @AfterEach
    void stop() {
        queue.stop();
    }

    @Test
    void atStartEverythingOpenAndWhatEndedLatelyIsTold() {
        open.add(job("running", new JobState.Running(), true));
        ended.add(job("done", new JobState.Succeeded(CLOCK.instant()), true));

        queue.start();

        Await.until("all is told", () -> told.size() == 5);
        assertThat(told)
                .extracting(JobFact::getFactCase)
                .containsExactly(
                        JobFact.FactCase.ENDED,
                        JobFact.FactCase.SUBMITTED,
                        JobFact.FactCase.CHUNK_COMMITTED,
                        JobFact.FactCase.CHUNK_READY,
                        JobFact.FactCase.DECODED);
        assertThat(told.get(1).getSubmitted().getOpenList())
                .extracting(Chunk::getIndex)
                .containsExactly(1);
    }

    @Test
    void factsKeepTheirOrderWhileTheBrokerIsAway() {
        ended.add(job("done", new JobState.Succeeded(CLOCK.instant()), true));
        queue.start();
        // What is added before the start's own telling is in the database and told from there.
        Await.until("the start's telling is over", () -> told.size() == 1);
        told.clear();
        away.set(true);
        for (int i = 0; i < 10; i++) {
            queue.add(JobEventMessages.committed("j", i));
        }
        away.set(false);

        Await.until("all is told", () -> told.size() == 10);
        assertThat(told).extracting(JobFact::getChunkCommitted).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void whenTooManyWaitEverythingIsToldAnewFromTheDatabase() {
        queue.start();
        away.set(true);
        for (int i = 0; i < 5000; i++) {
            queue.add(JobEventMessages.committed("j", i));
        }
        open.add(job("running", new JobState.Running(), false));
        away.set(false);

        Await.until(
                "all is told", () -> told.stream().anyMatch(f -> f.getJob().equals("running") && f.hasChunkReady()));
        // Nothing old comes behind what the database says.
        assertThat(told.getLast().getJob()).isEqualTo("running");
        assertThat(told.size()).isLessThan(10);
    }

    @Test
    void whatWaitsIsBoundedAndSeen() {
        ended.add(job("done", new JobState.Succeeded(CLOCK.instant()), true));
        queue.start();
        Await.until("the start's telling is over", () -> told.size() == 1);
        away.set(true);

        for (int i = 0; i < 5000; i++) {
            queue.add(JobEventMessages.committed("j", i));
        }

        // One of them may be on its way.
        assertThat(meters.get("framequota.facts.queue.length").gauge().value()).isBetween(4095.0, 4096.0);
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
                        3,
                        1,
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

    private static KnownChunk known(int index, KnownChunk.State state) {
        return new KnownChunk(Chunk.newBuilder().setIndex(index).build(), 0, state);
    }

    private static <T> T stub(Class<T> port, Map<String, Object> answers) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
            Object answer = answers.get(method.getName());
            if (answer == null) {
                throw new UnsupportedOperationException(method.getName());
            }
            return answer;
        }));
    }
}
