package io.framequota.e2e.fuzz;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Gives damaged inputs to one parser, on a thread of its own, and ends with the first one that it does not stand. */
final class FuzzRun {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Allocated for one input, which has at most 256 KiB, over the whole time of reading it. */
    private static final long MOST_MEMORY = 1L << 30;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final long seed;
    private volatile byte[] input = {};
    private volatile long since = System.nanoTime();
    private volatile int accepted;
    private volatile int refused;

    FuzzRun(FuzzTarget target, long seed) {
        this.target = target;
        this.seed = seed;
    }

    int accepted() {
        return accepted;
    }

    int refused() {
        return refused;
    }

    /** Runs so many inputs. */
    void run(int inputs) throws Exception {
        Mutations mutations = new Mutations(seed, target.corpus());
        for (byte[] valid : target.corpus()) {
            // A valid input is read; an error says why not.
            target.parse(valid.clone());
        }
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("fuzz").daemon().unstarted(() -> {
            for (int i = 0; i < inputs && failure.get() == null; i++) {
                feed(mutations.next(), failure);
            }
        });
        thread.start();
        while (!thread.join(Duration.ofMillis(200))) {
            if (System.nanoTime() - since > LIMIT.toNanos()) {
                throw failed("takes longer than " + LIMIT.toSeconds() + " s", null, thread.getStackTrace());
            }
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw failed("is answered with " + cause, cause, cause.getStackTrace());
        }
    }

    private void feed(byte[] next, AtomicReference<@Nullable Throwable> failure) {
        input = next.clone();
        since = System.nanoTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            if (target.accepts(next)) {
                accepted++;
            } else {
                refused++;
            }
            long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (taken > MOST_MEMORY) {
                throw new AssertionError("takes " + (taken >> 20) + " MiB of memory");
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    private AssertionError failed(String what, @Nullable Throwable cause, StackTraceElement[] stack) {
        AssertionError error = new AssertionError(
                target.name() + ", seed " + seed + ": an input of " + input.length + " bytes " + what
                        + ". Input in base64: "
                        + Base64.getEncoder()
                                .encodeToString(
                                        input.length > 100_000 ? java.util.Arrays.copyOf(input, 100_000) : input),
                cause);
        if (cause == null) {
            error.setStackTrace(stack);
        }
        return error;
    }
}
