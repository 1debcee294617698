package io.framequota.inference.postprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NonMaximumSuppressionTest {
    private final CandidateBoxes candidates = new CandidateBoxes();

    @Test
    void overlapIsIntersectionOverUnion() {
        candidates.add(0, 1, 0, 0, 10, 10);
        candidates.add(0, 1, 5, 0, 15, 10);
        candidates.add(0, 1, 20, 20, 30, 30);

        assertThat(candidates.iou(0, 1)).isCloseTo(50f / 150, within(1e-6f));
        assertThat(candidates.iou(0, 0)).isEqualTo(1);
        assertThat(candidates.iou(0, 2)).isZero();
    }

    @Test
    void betterOfTwoOverlappingBoxesStays() {
        candidates.add(0, 0.5f, 0, 0, 10, 10);
        candidates.add(0, 0.9f, 1, 0, 11, 10);
        candidates.add(0, 0.7f, 100, 0, 110, 10);

        assertThat(NonMaximumSuppression.keep(candidates, 0.45f)).containsExactly(1, 2);
    }

    @Test
    void classesDoNotSuppressEachOther() {
        candidates.add(0, 0.5f, 0, 0, 10, 10);
        candidates.add(1, 0.9f, 0, 0, 10, 10);

        assertThat(NonMaximumSuppression.keep(candidates, 0.45f)).containsExactly(1, 0);
    }

    @Test
    void suppressedBoxSuppressesNothing() {
        // Each box overlaps its neighbour by half (IoU 1/3) and not the box after that.
        candidates.add(0, 0.9f, 0, 0, 10, 10);
        candidates.add(0, 0.8f, 5, 0, 15, 10);
        candidates.add(0, 0.7f, 10, 0, 20, 10);

        assertThat(NonMaximumSuppression.keep(candidates, 0.3f)).containsExactly(0, 2);
        assertThat(NonMaximumSuppression.keep(candidates, 0.34f)).containsExactly(0, 1, 2);
    }

    @Test
    void equalScoresKeepTheirOrder() {
        for (int i = 0; i < 40; i++) {
            candidates.add(0, 0.5f, 20 * i, 0, 20 * i + 10, 10);
        }

        assertThat(NonMaximumSuppression.keep(candidates, 0.45f)).hasSize(40).isSorted();
    }
}
