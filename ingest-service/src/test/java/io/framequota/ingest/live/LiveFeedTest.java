package io.framequota.ingest.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveFeedTest {
    private final LiveFeed feed = new LiveFeed(() -> {});

    @Test
    void linesAreTakenInOrder() throws InterruptedException {
        feed.offer(1, "a");
        feed.offer(2, "b");

        assertThat(feed.take(Duration.ofSeconds(1)))
                .containsExactly(new LiveFeed.Line(1, "a", 0), new LiveFeed.Line(2, "b", 0));
        assertThat(feed.take(Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void aSlowClientMissesTheOldestLinesAndIsToldHowMany() throws InterruptedException {
        for (int i = 0; i < 1005; i++) {
            feed.offer(i, "a");
        }

        List<LiveFeed.Line> lines = feed.take(Duration.ZERO);

        assertThat(lines).hasSize(1000);
        assertThat(lines.getFirst()).isEqualTo(new LiveFeed.Line(5, "a", 5));
        assertThat(lines.get(1).missed()).isZero();
    }

    @Test
    void bytesAreBoundedToo() throws InterruptedException {
        String large = "x".repeat(700_000);
        feed.offer(1, large);
        feed.offer(2, large);
        feed.offer(3, large);

        assertThat(feed.take(Duration.ZERO)).containsExactly(new LiveFeed.Line(3, large, 2));
    }

    @Test
    void anEndedFeedIsEndedOnceItsLinesAreTaken() throws InterruptedException {
        feed.offer(1, "a");
        feed.end();

        assertThat(feed.ended()).isFalse();
        assertThat(feed.take(Duration.ofSeconds(9))).hasSize(1);
        assertThat(feed.ended()).isTrue();
        assertThat(feed.take(Duration.ofSeconds(9))).isEmpty();
    }
}
