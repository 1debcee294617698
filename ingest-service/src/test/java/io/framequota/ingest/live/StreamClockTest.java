package io.framequota.ingest.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.store.LiveStore.Mark;
import io.framequota.ingest.store.LiveStore.StreamGap;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StreamClockTest {
    private static final Instant START = Instant.ofEpochSecond(1000);

    @Test
    void theFirstSessionBeginsAtZeroWithoutAGap() {
        StreamClock clock = new StreamClock(1, null);

        assertThat(clock.begin(10, START)).isEmpty();
        assertThat(clock.next(0, START)).isZero();
        assertThat(clock.next(100, START.plusMillis(100))).isEqualTo(1);
        assertThat(clock.onJob(100)).isEqualTo(100);
    }

    @Test
    void aCutIsAGapAsLongAsTheTimeThatPassed() {
        StreamClock clock = new StreamClock(1, null);
        clock.begin(10, START);
        clock.next(0, START);
        clock.next(100, START.plusMillis(100));

        StreamGap gap = clock.begin(10, START.plusMillis(5100)).orElseThrow();

        assertThat(gap).isEqualTo(new StreamGap(2, 2, 200, 5100, 49, "disconnected"));
        assertThat(clock.next(0, START.plusMillis(5100))).isEqualTo(2);
        assertThat(clock.onJob(0)).isEqualTo(5100);
    }

    @Test
    void onlyFramesToInferCountInAGap() {
        StreamClock clock = new StreamClock(10, null);
        clock.begin(10, START);
        clock.next(0, START);

        assertThat(clock.begin(10, START.plusMillis(5000)).orElseThrow().frames())
                .isEqualTo(5);
    }

    @Test
    void aConnectionThatIsBackAtOnceHasNoGapAndTimeStillRises() {
        StreamClock clock = new StreamClock(1, null);
        clock.begin(10, START);
        clock.next(0, START);
        clock.next(300, START.plusMillis(100));

        assertThat(clock.begin(10, START.plusMillis(110))).isEmpty();
        assertThat(clock.onJob(0)).isEqualTo(400);
    }

    @Test
    void numbersAndTimesGoOnBehindThoseOfAKilledProcess() {
        StreamClock clock = new StreamClock(2, new Mark(50, 4900, START));

        StreamGap gap = clock.begin(10, START.plusMillis(3000)).orElseThrow();

        assertThat(gap.cause()).isEqualTo("restarted");
        assertThat(gap.frames()).isEqualTo(StreamGap.BY_TIME);
        assertThat(gap.nextFrame()).isEqualTo(50 + 1000 + 3 * 240);
        assertThat(gap.toMs()).isEqualTo(7900);
        assertThat(clock.next(0, START.plusMillis(3000))).isEqualTo(gap.nextFrame());
        assertThat(clock.onJob(0)).isEqualTo(7900);
    }

    @Test
    void theRateIsMeasuredWhateverTheStreamSays() {
        StreamClock clock = new StreamClock(1, null);
        clock.begin(50, START);
        for (int i = 0; i <= 60; i++) {
            clock.next(i * 100, START.plusMillis(i * 100));
        }

        assertThat(clock.fps()).isBetween(9.9, 10.3);
    }

    @Test
    void timesBelowTheHighestDoNotMoveTheMark() {
        StreamClock clock = new StreamClock(1, null);
        clock.begin(10, START);
        clock.next(200, START);
        clock.next(100, START.plusMillis(50));

        assertThat(clock.mark()).isEqualTo(new Mark(2, 200, START.plusMillis(50)));
    }
}
