package io.framequota.ingest.job.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.StubJobStore;
import io.framequota.media.decode.SourceException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReadingGuardTest {
    /** Unfinished attempts in the database, by job. */
    private final Map<String, Integer> kept = new HashMap<>();

    private boolean away;

    private final JobStore store = new StubJobStore() {
        @Override
        public int unfinishedAttempts(String id) {
            synchronized (kept) {
                return kept.getOrDefault(id, 0);
            }
        }

        @Override
        public void setUnfinishedAttempts(String id, int attempts) {
            if (away) {
                throw new StoreException("the database does not answer", new IllegalStateException());
            }
            synchronized (kept) {
                kept.put(id, attempts);
            }
        }
    };

    @Test
    void aSourceThatCrashesTheProcessIsRefusedAfterThreeAttempts() throws Exception {
        for (int crash = 0; crash < 3; crash++) {
            new ReadingGuard(store).begin("killer");
        }

        assertThatThrownBy(() -> new ReadingGuard(store).begin("killer"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("ended 3 times while it read this source")
                .matches(e -> !((SourceException) e).isPermanent(), "the source is kept");
        // A redriven job gets as many attempts again.
        new ReadingGuard(store).begin("killer").close();
    }

    @Test
    void attemptsThatEndAreNotCounted() throws Exception {
        for (int attemptNumber = 0; attemptNumber < 10; attemptNumber++) {
            ReadingGuard.Attempt attempt = new ReadingGuard(store).begin("good");
            if (attemptNumber % 2 == 0) {
                attempt.close();
            } else {
                attempt.survived();
            }
        }
        assertThat(kept).containsEntry("good", 0);
    }

    @Test
    void whatTheDatabaseDidNotTakeIsWrittenBeforeTheNextAttempt() throws Exception {
        ReadingGuard guard = new ReadingGuard(store);
        ReadingGuard.Attempt attempt = guard.begin("good");
        away = true;
        attempt.close();
        assertThat(kept).containsEntry("good", 1);
        assertThatThrownBy(() -> guard.begin("good")).isInstanceOf(StoreException.class);

        away = false;
        guard.begin("other").close();

        assertThat(kept).containsEntry("good", 0);
    }

    @Test
    void suspectsAreDecodedOneAtATime() throws Exception {
        ReadingGuard died = new ReadingGuard(store);
        died.begin("killer");
        died.begin("good");

        ReadingGuard next = new ReadingGuard(store);
        ReadingGuard.Attempt killer = next.begin("killer");
        CountDownLatch done = new CountDownLatch(1);
        Thread waiting = Thread.ofPlatform().start(() -> {
            try (ReadingGuard.Attempt good = next.begin("good")) {
                good.survived();
            } catch (SourceException | InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                done.countDown();
            }
        });
        Await.until("the suspect waits", () -> waiting.getState() == Thread.State.WAITING || done.getCount() == 0);
        assertThat(done.getCount()).isEqualTo(1);
        synchronized (kept) {
            assertThat(kept).containsEntry("good", 1).containsEntry("killer", 2);
        }
        next.begin("new").close();

        killer.close();
        done.await();
        assertThat(kept).containsEntry("good", 0);
    }

    @Test
    void onlyProgressClearsEarlierCrashes() throws Exception {
        new ReadingGuard(store).begin("killer");
        ReadingGuard next = new ReadingGuard(store);

        next.begin("killer").close();
        assertThat(kept).as("stopped in time").containsEntry("killer", 1);

        try (ReadingGuard.Attempt attempt = next.begin("killer")) {
            attempt.pause();
            assertThat(kept).as("it waits for room").containsEntry("killer", 1);
            next.begin("killer").close();
            attempt.resume();
            assertThat(kept).as("it is read on").containsEntry("killer", 2);
            attempt.survived();
            attempt.pause();
            attempt.resume();
            assertThat(kept).containsEntry("killer", 0);
        }
    }
}
