package io.framequota.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LivenessPolicyTest {
    private static final Duration STEP = Duration.ofSeconds(2);
    private final LivenessPolicy liveness = new LivenessPolicy();

    /** How long the process has to be DOWN until it is restarted. */
    private Duration downUntilRestart() {
        liveness.started();
        Duration down = STEP;
        while (!liveness.mustRestart(503, STEP)) {
            down = down.plus(STEP);
        }
        return down;
    }

    @Test
    void aProcessThatStaysDownIsRestartedAfterATimeThatDoublesUpToALimit() {
        assertThat(downUntilRestart()).isEqualTo(LivenessPolicy.FIRST);
        assertThat(downUntilRestart()).isEqualTo(LivenessPolicy.FIRST.multipliedBy(2));
        for (int i = 0; i < 10; i++) {
            downUntilRestart();
        }
        assertThat(downUntilRestart()).isEqualTo(LivenessPolicy.LONGEST);
    }

    @Test
    void aProcessThatIsUpInBetweenOrDoesNotAnswerIsNotRestarted() {
        for (int i = 0; i < 100; i++) {
            assertThat(liveness.mustRestart(503, STEP)).isFalse();
            assertThat(liveness.mustRestart(200, STEP)).isFalse();
            assertThat(liveness.mustRestart(0, STEP)).isFalse();
        }
    }

    @Test
    void noAnswerDoesNotInterruptTheTimeDown() {
        for (int i = 1; i < 5; i++) {
            assertThat(liveness.mustRestart(503, STEP)).isFalse();
            assertThat(liveness.mustRestart(0, STEP)).isFalse();
        }
        assertThat(liveness.mustRestart(503, STEP)).isTrue();
    }

    @Test
    void fiveMinutesUpResetTheTime() {
        downUntilRestart();
        for (Duration up = Duration.ZERO; up.compareTo(LivenessPolicy.LONGEST) < 0; up = up.plus(STEP)) {
            liveness.mustRestart(200, STEP);
        }
        assertThat(downUntilRestart()).isEqualTo(LivenessPolicy.FIRST);
    }
}
