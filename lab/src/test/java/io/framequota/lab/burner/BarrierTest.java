package io.framequota.lab.burner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BarrierTest {
    private static final int THREADS = 3;
    private static final int ROUNDS = 200;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyGoesOnBeforeAllHaveCome(boolean spin) throws InterruptedException {
        Barrier barrier = Barrier.of(THREADS, spin);
        AtomicInteger came = new AtomicInteger();
        AtomicInteger early = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (int round = 1; round <= ROUNDS; round++) {
                        came.incrementAndGet();
                        barrier.await();
                        if (came.get() < round * THREADS) {
                            early.incrementAndGet();
                        }
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.countDown();
            });
        }

        assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
        assertThat(early).hasValue(0);
        assertThat(came).hasValue(THREADS * ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPoolEndsOnceAfterItsLastPiece(boolean spin) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);

        new BarrierWorkload(20, 1, 1).serve(2, spin, ended::countDown);

        assertThat(ended.await(50, TimeUnit.SECONDS)).isTrue();
    }
}
