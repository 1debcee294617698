package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.store.JobStore;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DecodeCrashGuardTest {
    /** What the database keeps over restarts. */
    private final Map<String, Integer> kept = new HashMap<>();

    private final JobStore store = (JobStore) Proxy.newProxyInstance(
            JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("unproven");
                synchronized (kept) {
                    if (arguments.length == 1) {
                        return kept.getOrDefault((String) arguments[0], 0);
                    }
                    kept.put((String) arguments[0], (Integer) arguments[1]);
                    return null;
                }
            });

    @Test
    void aSourceThatKillsIsSetAsideAfterThreeTimes() throws Exception {
        for (int death = 0; death < 3; death++) {
            new DecodeCrashGuard(store).begin("killer");
        }

        assertThatThrownBy(() -> new DecodeCrashGuard(store).begin("killer"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("ended 3 times while it decoded this source")
                .matches(e -> !((SourceException) e).isPermanent(), "its source is kept");
        // Redriven, it gets as many chances again.
        new DecodeCrashGuard(store).begin("killer").close();
    }

    @Test
    void whatEndsOrGivesSomethingIsNotCounted() throws Exception {
        for (int pass = 0; pass < 10; pass++) {
            DecodeCrashGuard.Attempt attempt = new DecodeCrashGuard(store).begin("good");
            if (pass % 2 == 0) {
                attempt.close();
            } else {
                attempt.proven();
            }
        }
        assertThat(kept).containsEntry("good", 0);
    }

    @Test
    void suspectsAreDecodedOneAtATimeSoThatNoneIsBlamedForAnother() throws Exception {
        DecodeCrashGuard died = new DecodeCrashGuard(store);
        died.begin("killer");
        died.begin("good");

        DecodeCrashGuard next = new DecodeCrashGuard(store);
        DecodeCrashGuard.Attempt killer = next.begin("killer");
        CountDownLatch done = new CountDownLatch(1);
        Thread waiting = Thread.ofPlatform().start(() -> {
            try (DecodeCrashGuard.Attempt good = next.begin("good")) {
                good.proven();
            } catch (SourceException | InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                done.countDown();
            }
        });
        while (waiting.getState() != Thread.State.WAITING && done.getCount() > 0) {
            Thread.onSpinWait();
        }
        assertThat(done.getCount()).isEqualTo(1);
        synchronized (kept) {
            assertThat(kept).containsEntry("good", 1).containsEntry("killer", 2);
        }
        next.begin("new").close();

        killer.close();
        done.await();
        assertThat(kept).containsEntry("good", 0);
    }
}
