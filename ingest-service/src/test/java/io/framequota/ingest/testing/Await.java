package io.framequota.ingest.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a condition, on the caller's thread. Only a failing test waits as long as the timeout. */
public final class Await {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private Await() {}

    /**
     * Waits until a condition holds.
     *
     * @param expectation the failure message: what was expected to happen
     * @throws org.awaitility.core.ConditionTimeoutException when it does not hold after 30 s
     */
    public static void until(String expectation, BooleanSupplier condition) {
        await(expectation)
                .dontCatchUncaughtExceptions()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL_INTERVAL)
                .atMost(TIMEOUT)
                .until(condition::getAsBoolean);
    }
}
