package io.framequota.scheduler.controller.enforce.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ResizeQueueTest {
    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void resizesOfOnePodKeepTheirOrder() {
        try (ResizeQueue queue = new ResizeQueue()) {
            for (int i = 0; i < 50; i++) {
                int number = i;
                queue.submit("a", false, () -> done.add("a" + number));
            }
            queue.await();
        }
        assertThat(done).hasSize(50).isSortedAccordingTo((x, y) -> Integer.compare(number(x), number(y)));
    }

    @Test
    void raiseWaitsForEarlierLoweringsAndNotForOtherRaises() throws InterruptedException {
        CountDownLatch lowering = new CountDownLatch(1);
        CountDownLatch raising = new CountDownLatch(1);
        try (ResizeQueue queue = new ResizeQueue()) {
            queue.submit("a", false, () -> {
                awaitQuietly(lowering);
                done.add("a lowered");
            });
            queue.submit("b", true, () -> {
                done.add("b raised");
                awaitQuietly(raising);
            });
            queue.submit("c", true, () -> {
                done.add("c raised");
                raising.countDown();
            });
            assertThat(done).isEmpty();
            lowering.countDown();
            // If the second raise waited for the first, neither would end.
            queue.await();
        }
        assertThat(done.getFirst()).isEqualTo("a lowered");
        assertThat(done).containsExactlyInAnyOrder("a lowered", "b raised", "c raised");
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(1));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
