package io.framequota.ingest.job.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DecodeAheadLimiterTest {
    // 2 jobs, so shares of 250 each and a pool of 500
    private final DecodeAheadLimiter ahead = new DecodeAheadLimiter(1000, 2);

    @Test
    void oneJobHasItsShareAndThePool() throws InterruptedException {
        take("a", 1, 700);
        assertThat(ahead.tryTake("a", 1, 50)).isTrue();
        assertThat(ahead.tryTake("a", 1, 1)).isFalse();
        assertThat(ahead.held()).isEqualTo(750);
    }

    @Test
    void aLaterJobHasItsShareAlthoughTheFirstHasThePool() throws InterruptedException {
        take("a", 1, 750);
        assertThat(ahead.tryTake("b", 2, 200)).isTrue();
        assertThat(ahead.tryTake("b", 2, 50)).isTrue();
        assertThat(ahead.tryTake("b", 2, 1)).isFalse();
    }

    @Test
    void aJobWithNothingOpenMayAlwaysWriteOneChunk() throws InterruptedException {
        take("a", 1, 750);
        assertThat(ahead.tryTake("b", 2, 5000)).isTrue();
        assertThat(ahead.tryTake("b", 2, 1)).isFalse();
    }

    @Test
    void aCommitMakesRoom() throws Exception {
        take("a", 1, 750);
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                take("a", 1, 100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        awaitWaiting(waiting);

        ahead.adjust("a", -100);

        waiting.join();
        assertThat(ahead.held()).isEqualTo(750);
    }

    @Test
    void theFirstOfTheOrderGetsTheRoomThatComesFreeHoweverLateItCame() throws Exception {
        take("a", 1, 500);
        take("b", 2, 500);
        Thread first = start("a", 1);
        awaitWaiting(first);
        Thread second = start("b", 2);
        awaitWaiting(second);

        ahead.order(List.of("b", "a"));
        ahead.adjust("a", -100);

        second.join();
        assertThat(first.isAlive()).isTrue();
        ahead.adjust("b", -100);
        first.join();
    }

    @Test
    void theEarlierJobGetsTheRoomThatComesFree() throws Exception {
        take("a", 1, 500);
        take("b", 2, 500);
        Thread first = start("a", 1);
        Thread second = start("b", 2);
        awaitWaiting(first);
        awaitWaiting(second);

        ahead.adjust("b", -100);
        first.join();

        assertThat(second.isAlive()).isTrue();
        ahead.release("a");
        second.join();
    }

    @Test
    void aStoppedJobWaitsNoLonger() throws Exception {
        take("a", 1, 750);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                ahead.take("a", 1, 100, stopped::get);
            } catch (InterruptedException e) {
                ended.set(true);
            }
        });
        awaitWaiting(waiting);

        stopped.set(true);
        ahead.release("a");

        waiting.join();
        assertThat(ended).isTrue();
        assertThat(ahead.held()).isZero();
    }

    private void take(String job, long arrival, long bytes) throws InterruptedException {
        ahead.take(job, arrival, bytes, () -> false);
    }

    private Thread start(String job, long arrival) {
        return Thread.startVirtualThread(() -> {
            try {
                take(job, arrival, 100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        take("a", 1, 750);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> take("a", 1, 100)).isInstanceOf(InterruptedException.class);
    }
}
