package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LivenessPolicyTest {
    private static final Duration STEP = Duration.ofSeconds(2);
    private final LivenessPolicy liveness = new LivenessPolicy();

    /** How long it has to be DOWN until it is started again. */
    private Duration downUntilSpent() {
        liveness.started();
        Duration down = STEP;
        while (!liveness.isSpent(503, STEP)) {
            down = down.plus(STEP);
        }
        return down;
    }

    @Test
    void whoIsDownForAWhileIsStartedAgainAndTheWhileDoublesUpToABound() {
        assertThat(downUntilSpent()).isEqualTo(LivenessPolicy.FIRST);
        assertThat(downUntilSpent()).isEqualTo(LivenessPolicy.FIRST.multipliedBy(2));
        for (int i = 0; i < 10; i++) {
            downUntilSpent();
        }
        assertThat(downUntilSpent()).isEqualTo(LivenessPolicy.LAST);
    }

    @Test
    void whoIsAliveInBetweenOrDoesNotAnswerIsLeftAlone() {
        for (int i = 0; i < 100; i++) {
            assertThat(liveness.isSpent(503, STEP)).isFalse();
            assertThat(liveness.isSpent(200, STEP)).isFalse();
            assertThat(liveness.isSpent(0, STEP)).isFalse();
        }
    }

    @Test
    void noAnswerIsNotASignOfLife() {
        for (int i = 1; i < 5; i++) {
            assertThat(liveness.isSpent(503, STEP)).isFalse();
            assertThat(liveness.isSpent(0, STEP)).isFalse();
        }
        assertThat(liveness.isSpent(503, STEP)).isTrue();
    }

    @Test
    void aLongLifeForgives() {
        downUntilSpent();
        for (Duration up = Duration.ZERO; up.compareTo(LivenessPolicy.LAST) < 0; up = up.plus(STEP)) {
            liveness.isSpent(200, STEP);
        }
        assertThat(downUntilSpent()).isEqualTo(LivenessPolicy.FIRST);
    }
}
