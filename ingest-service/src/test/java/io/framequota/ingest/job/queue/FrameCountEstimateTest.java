package io.framequota.ingest.job.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Probed;
import org.junit.jupiter.api.Test;

class FrameCountEstimateTest {
    /** 100 s that the container takes for 25 frames a second. */
    private static final Probed ESTIMATED = Probed.newBuilder()
            .setExpectedFrames(2500)
            .setEstimated(true)
            .setFps(25)
            .setDurationMs(100_000)
            .build();

    @Test
    void aRateThatIsAsStatedChangesNothing() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);

        assertThat(length.written(0, 50, 0)).isNull();
        assertThat(length.written(50, 50, 2_000)).isNull();
    }

    @Test
    void anotherRateThanStatedCorrectsTheLengthAndIsToldOnce() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);
        length.written(0, 50, 0);

        // 50 frames took 4 s: 12.5 a second.
        Probed better = length.written(50, 50, 4_000);

        assertThat(better.getExpectedFrames()).isEqualTo(1250);
        assertThat(better.getEstimated()).isTrue();
        assertThat(better.getDurationMs()).isEqualTo(100_000);
        length.told(better);
        assertThat(length.written(100, 50, 8_000)).isNull();
    }

    @Test
    void timesThatDoNotBeginAtZeroAreTakenFromTheFirstFrame() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);
        length.written(0, 50, 36_000);

        assertThat(length.written(50, 50, 38_000)).isNull();
    }

    @Test
    void aPassThatGoesOnInTheMiddleKnowsWhereItIs() {
        FrameCountEstimate length = new FrameCountEstimate(1, ESTIMATED);

        assertThat(length.written(1_000, 50, 40_000)).isNull();
        assertThat(length.written(1_050, 50, 42_000)).isNull();
    }

    @Test
    void everyNthFrameCounts() {
        FrameCountEstimate length = new FrameCountEstimate(
                5, ESTIMATED.toBuilder().setExpectedFrames(500).build());
        length.written(0, 10, 0);

        assertThat(length.written(50, 10, 4_000).getExpectedFrames()).isEqualTo(250);
    }

    @Test
    void aContainerThatCountsIsBelievedUntilThereIsMore() {
        FrameCountEstimate length = new FrameCountEstimate(
                1, ESTIMATED.toBuilder().clearEstimated().setExpectedFrames(60).build());
        length.written(0, 50, 0);

        Probed better = length.written(50, 50, 4_000);

        assertThat(better.getExpectedFrames()).isEqualTo(100);
        assertThat(better.getEstimated()).isTrue();
    }

    @Test
    void whatNobodyKnowsIsNotGuessed() {
        FrameCountEstimate length = new FrameCountEstimate(1, Probed.getDefaultInstance());

        assertThat(length.known()).isNotNull();
        assertThat(length.written(0, 50, 0)).isNull();
    }
}
