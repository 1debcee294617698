package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Probed;
import org.junit.jupiter.api.Test;

class FrameCountEstimateTest {
    /** The container states 100 s with 25 frames a second. */
    private static final Probed ESTIMATED = Probed.newBuilder()
            .setExpectedFrames(2500)
            .setEstimated(true)
            .setFps(25)
            .setDurationMs(100_000)
            .build();

    @Test
    void theStatedFrameRateChangesNothing() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);

        assertThat(length.onChunk(0, 50, 0)).isNull();
        assertThat(length.onChunk(50, 50, 2_000)).isNull();
    }

    @Test
    void aDifferentFrameRateCorrectsTheLengthOnce() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);
        length.onChunk(0, 50, 0);

        // 50 frames take 4 s: 12.5 frames a second.
        Probed better = length.onChunk(50, 50, 4_000);

        assertThat(better.getExpectedFrames()).isEqualTo(1250);
        assertThat(better.getEstimated()).isTrue();
        assertThat(better.getDurationMs()).isEqualTo(100_000);
        length.setRecorded(better);
        assertThat(length.onChunk(100, 50, 8_000)).isNull();
    }

    @Test
    void timesCountFromTheFirstFrame() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);
        length.onChunk(0, 50, 36_000);

        assertThat(length.onChunk(50, 50, 38_000)).isNull();
    }

    @Test
    void resumedDecodingAccountsForEarlierFrames() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);

        assertThat(length.onChunk(1_000, 50, 40_000)).isNull();
        assertThat(length.onChunk(1_050, 50, 42_000)).isNull();
    }

    @Test
    void onlyEveryNthFrameCounts() {
        FrameCountEstimate length = new FrameCountEstimate(
                5, ESTIMATED.toBuilder().setExpectedFrames(500).build());
        length.onChunk(0, 10, 0);

        assertThat(length.onChunk(50, 10, 4_000).getExpectedFrames()).isEqualTo(250);
    }

    @Test
    void theContainersCountHoldsUntilMoreFramesAreWritten() {
        FrameCountEstimate length = new FrameCountEstimate(
                1, ESTIMATED.toBuilder().clearEstimated().setExpectedFrames(60).build());
        length.onChunk(0, 50, 0);

        Probed better = length.onChunk(50, 50, 4_000);

        assertThat(better.getExpectedFrames()).isEqualTo(100);
        assertThat(better.getEstimated()).isTrue();
    }

    @Test
    void anUnknownLengthIsNotEstimated() {
        FrameCountEstimate length = new FrameCountEstimate(1, Probed.getDefaultInstance());

        assertThat(length.recorded()).isNotNull();
        assertThat(length.onChunk(0, 50, 0)).isNull();
    }
}
