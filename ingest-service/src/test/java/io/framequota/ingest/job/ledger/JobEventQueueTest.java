package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.JobFact;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.StubChunkStore;
import io.framequota.ingest.testing.StubJobStore;
import io.framequota.ingest.testing.TestJobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobEventQueueTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(10_000), ZoneOffset.UTC);

    private final List<JobFact> sent = new CopyOnWriteArrayList<>();
    private final AtomicBoolean brokerIsAway = new AtomicBoolean();
    private final List<Job> open = new CopyOnWriteArrayList<>();
    private final List<Job> ended = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final JobEventQueue queue = new JobEventQueue(
            event -> {
                if (brokerIsAway.get()) {
                    throw new IllegalStateException("no broker");
                }
                sent.add(event);
            },
            new StubJobStore() {
                @Override
                public List<Job> openJobs() {
                    return open;
                }

                @Override
                public List<Job> endedSince(Instant since) {
                    return ended;
                }
            },
            new StubChunkStore() {
                @Override
                public List<KnownChunk> chunks(String job) {
                    return List.of(
                            known(0, KnownChunk.State.COMMITTED),
                            known(1, KnownChunk.State.OPEN),
                            known(2, KnownChunk.State.DROPPED));
                }
            },
            CLOCK,
            meters);

    @AfterEach
    void stop() {
        queue.stop();
    }

    @Test
    void sendsOpenAndRecentlyEndedJobsAtStart() {
        open.add(running(true));
        ended.add(ended());

        queue.start();

        Await.until("all events are sent", () -> sent.size() == 5);
        assertThat(sent)
                .extracting(JobFact::getFactCase)
                .containsExactly(
                        JobFact.FactCase.ENDED,
                        JobFact.FactCase.SUBMITTED,
                        JobFact.FactCase.CHUNK_COMMITTED,
                        JobFact.FactCase.CHUNK_READY,
                        JobFact.FactCase.DECODED);
        assertThat(sent.get(1).getSubmitted().getOpenList())
                .extracting(Chunk::getIndex)
                .containsExactly(1);
    }

    @Test
    void keepsTheOrderOfEventsWhileTheBrokerIsAway() {
        startAndAwaitFirstEvent();
        sent.clear();
        brokerIsAway.set(true);
        addEvents(10);
        brokerIsAway.set(false);

        Await.until("all events are sent", () -> sent.size() == 10);
        assertThat(sent).extracting(JobFact::getChunkCommitted).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void sendsAllOpenJobsAgainAfterTheQueueWasFull() {
        startAndAwaitFirstEvent();
        sent.clear();
        brokerIsAway.set(true);
        addEvents(5000);
        open.add(running(false));
        brokerIsAway.set(false);

        Await.until(
                "the open job is sent",
                () -> sent.stream().anyMatch(f -> f.getJob().equals("running") && f.hasChunkReady()));
        // No older event follows the state of the database.
        assertThat(sent.getLast().getJob()).isEqualTo("running");
        assertThat(sent.size()).isLessThan(10);
    }

    @Test
    void aGaugeShowsTheBoundedLengthOfTheQueue() {
        startAndAwaitFirstEvent();
        brokerIsAway.set(true);

        addEvents(5000);

        // The sender may hold one more event.
        assertThat(meters.get("framequota.facts.queue.length").gauge().value()).isBetween(4095.0, 4096.0);
    }

    /** Events that are added earlier are not sent from the queue but from the database. */
    private void startAndAwaitFirstEvent() {
        ended.add(ended());
        queue.start();
        Await.until("the state of all jobs is sent", () -> sent.size() == 1);
    }

    private void addEvents(int count) {
        for (int i = 0; i < count; i++) {
            queue.add(JobEventMessages.chunkCommitted("j", i));
        }
    }

    private static Job running(boolean decoded) {
        return TestJobs.job("running", new JobState.Running(), TestJobs.progress(decoded, 3, 1));
    }

    private static Job ended() {
        return TestJobs.job("done", new JobState.Succeeded(CLOCK.instant()), TestJobs.progress(true, 3, 1));
    }

    private static KnownChunk known(int index, KnownChunk.State state) {
        return new KnownChunk(
                Chunk.newBuilder().setJob("running").setIndex(index).build(), 0, state);
    }
}
