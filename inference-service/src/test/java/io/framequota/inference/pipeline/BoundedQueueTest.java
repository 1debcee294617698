package io.framequota.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedQueueTest {
    private final BoundedQueue<byte[]> queue = new BoundedQueue<>(3, 100, b -> b.length);

    @Test
    void isFullAtItsLength() {
        assertThat(queue.offer(new byte[1])).isTrue();
        assertThat(queue.offer(new byte[1])).isTrue();
        assertThat(queue.offer(new byte[1])).isTrue();
        assertThat(queue.offer(new byte[1])).isFalse();
    }

    @Test
    void isFullAtItsBytes() throws InterruptedException {
        assertThat(queue.offer(new byte[60])).isTrue();
        assertThat(queue.offer(new byte[41])).isFalse();
        assertThat(queue.offer(new byte[40])).isTrue();
        assertThat(queue.bytes()).isEqualTo(100);
        assertThat(queue.take()).hasSize(60);
        assertThat(queue.bytes()).isEqualTo(40);
    }

    @Test
    void acceptsAnItemLargerThanTheLimitWhenEmpty() {
        assertThat(queue.offer(new byte[500])).isTrue();
        assertThat(queue.offer(new byte[1])).isFalse();
    }

    @Test
    void putWaitsForRoomAndKeepsTheOrder() throws InterruptedException {
        List<Integer> taken = new ArrayList<>();
        Thread putter = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; i <= 50; i++) {
                    queue.put(new byte[i]);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        for (int i = 1; i <= 50; i++) {
            assertThat(queue.length()).isLessThanOrEqualTo(3);
            taken.add(queue.take().length);
        }
        putter.join();

        assertThat(taken).hasSize(50).isSorted();
        assertThat(queue.bytes()).isZero();
    }
}
