package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.testing.Await;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DecodeAheadLimiterTest {
    // For 2 jobs: a share of 250 bytes each and a pool of 500 bytes.
    private final DecodeAheadLimiter ahead = new DecodeAheadLimiter(1000, 2, 0);

    @Test
    void oneJobGetsItsShareAndThePool() throws InterruptedException {
        reserve("a", 1, 700);
        assertThat(ahead.tryReserve("a", 1, false, 50)).isTrue();
        assertThat(ahead.tryReserve("a", 1, false, 1)).isFalse();
        assertThat(ahead.held()).isEqualTo(750);
    }

    @Test
    void aLaterJobGetsItsShareWhileTheFirstHoldsThePool() throws InterruptedException {
        reserve("a", 1, 750);
        assertThat(ahead.tryReserve("b", 2, false, 200)).isTrue();
        assertThat(ahead.tryReserve("b", 2, false, 50)).isTrue();
        assertThat(ahead.tryReserve("b", 2, false, 1)).isFalse();
    }

    @Test
    void aJobWithoutOpenChunksMayAlwaysWriteOne() throws InterruptedException {
        reserve("a", 1, 750);
        assertThat(ahead.tryReserve("b", 2, false, 5000)).isTrue();
        assertThat(ahead.tryReserve("b", 2, false, 1)).isFalse();
    }

    @Test
    void manyJobsOfPacketsKeepTheBoundAndEachHasAChunk() {
        for (int job = 0; job < 40; job++) {
            while (ahead.tryReserve("j" + job, job, true, 10)) {
                // Takes as much as there is.
            }
        }

        // The first two have filled the bound as long as they were alone; each other job may write one chunk in any
        // case.
        assertThat(ahead.held()).isEqualTo(1000 + 38 * 10);
        ahead.releaseAll("j0");
        assertThat(ahead.tryReserve("j39", 39, true, 10)).isTrue();
    }

    @Test
    void aWaitingJobContinuesWhenAChunkIsCommitted() throws Exception {
        reserve("a", 1, 750);
        Thread waiting = startReserving("a", 1);
        awaitWaiting(waiting);

        ahead.release("a", 100);

        waiting.join();
        assertThat(ahead.held()).isEqualTo(750);
    }

    @Test
    void theFirstJobOfTheOrderGetsReleasedMemoryEvenIfItArrivedLater() throws Exception {
        reserve("a", 1, 500);
        reserve("b", 2, 500);
        Thread first = startReserving("a", 1);
        awaitWaiting(first);
        Thread second = startReserving("b", 2);
        awaitWaiting(second);

        ahead.setOrder(List.of("b", "a"));
        ahead.release("a", 100);

        second.join();
        assertThat(first.isAlive()).isTrue();
        ahead.release("b", 100);
        first.join();
    }

    @Test
    void withoutAnOrderTheEarlierJobGetsReleasedMemory() throws Exception {
        reserve("a", 1, 500);
        reserve("b", 2, 500);
        Thread first = startReserving("a", 1);
        Thread second = startReserving("b", 2);
        awaitWaiting(first);
        awaitWaiting(second);

        ahead.release("b", 100);
        first.join();

        assertThat(second.isAlive()).isTrue();
        ahead.releaseAll("a");
        second.join();
    }

    @Test
    void aStoppedJobStopsWaiting() throws Exception {
        reserve("a", 1, 750);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                ahead.reserve("a", 1, false, 100, stopped::get);
            } catch (InterruptedException e) {
                ended.set(true);
            }
        });
        awaitWaiting(waiting);

        stopped.set(true);
        ahead.releaseAll("a");

        waiting.join();
        assertThat(ended).isTrue();
        assertThat(ahead.held()).isZero();
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        reserve("a", 1, 750);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> reserve("a", 1, 100)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void theBoundFollowsTheReadyWorkersAndIsNeverBelowTheLeast() throws Exception {
        DecodeAheadLimiter following = new DecodeAheadLimiter(1000, 2, 100);
        following.follow(3);
        assertThat(following.bound()).isEqualTo(1000);
        assertThat(following.tryReserve("a", 1, false, 700)).isTrue();
        assertThat(following.tryReserve("a", 1, false, 100)).isFalse();
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                following.reserve("a", 1, false, 100, () -> false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        awaitWaiting(waiting);

        following.follow(10);

        waiting.join();
        assertThat(following.bound()).isEqualTo(2000);
        assertThat(following.held()).isEqualTo(800);
        following.follow(0);
        assertThat(following.bound()).isEqualTo(1000);
        assertThat(following.tryReserve("a", 1, false, 100)).isFalse();
    }

    @Test
    void aBoundThatIsSetStays() {
        ahead.follow(1000);
        assertThat(ahead.bound()).isEqualTo(1000);
    }

    private void reserve(String job, long arrival, long bytes) throws InterruptedException {
        ahead.reserve(job, arrival, false, bytes, () -> false);
    }

    private Thread startReserving(String job, long arrival) {
        return Thread.startVirtualThread(() -> {
            try {
                reserve(job, arrival, 100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void awaitWaiting(Thread thread) {
        Await.until("the thread waits", () -> thread.getState() == Thread.State.WAITING);
    }
}
