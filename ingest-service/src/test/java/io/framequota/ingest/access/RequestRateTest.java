package io.framequota.ingest.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRateTest {
    private static final Caller A = new Caller("a", "t", Set.of(Role.READ));
    private static final Caller B = new Caller("b", "t", Set.of(Role.READ));

    private final AtomicLong now = new AtomicLong();

    @Test
    void aBucketHoldsTenSecondsOfRequestsAndFillsAgain() {
        RequestRate rate = new RequestRate(0.5, now::get);
        for (int i = 0; i < 5; i++) {
            assertThat(rate.take(A)).isEmpty();
        }

        assertThat(rate.take(A)).hasValue(2);
        assertThat(rate.take(B)).isEmpty();
        now.addAndGet(1_000_000_000L);
        assertThat(rate.take(A)).hasValue(1);
        now.addAndGet(1_000_000_000L);
        assertThat(rate.take(A)).isEmpty();
        assertThat(rate.take(A)).hasValue(2);
    }

    @Test
    void thereIsNoLimitUnlessItIsSetNorForThoseWhoNeedNoKey() {
        RequestRate off = new RequestRate(0, now::get);
        RequestRate one = new RequestRate(0.1, now::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(off.take(A)).isEmpty();
            assertThat(one.take(Caller.ANYBODY)).isEmpty();
        }
    }
}
