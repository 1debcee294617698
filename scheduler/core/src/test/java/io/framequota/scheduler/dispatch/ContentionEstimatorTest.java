package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContentionEstimatorTest {
    private final ContentionEstimator contention = new ContentionEstimator();

    @Test
    void sumsTheTimeOfBusyWorkers() {
        contention.becameBusy(0);
        contention.becameBusy(1_000);
        contention.becameIdle(3_000);

        assertThat(contention.workerUs(4_000)).isEqualTo(1_000 + 2 * 2_000 + 1_000);
    }

    @Test
    void oneNumberOfBusyWorkersGivesNoCurve() {
        contention.measured("m", 2, 20, 1_000);

        assertThat(ContentionCurve.of(contention.byBusyWorkers("m"))).isEqualTo(ContentionCurve.NONE);
        assertThat(contention.slowdown("m")).isEqualTo(1);
    }

    @Test
    void estimatesTheSlowdownWithMoreBusyWorkers() {
        contention.available(2);
        contention.measured("m", 1, 10, 1_000);
        contention.measured("m", 1.9, 20, 1_000);

        ContentionCurve curve = ContentionCurve.of(contention.byBusyWorkers("m"));

        assertThat(curve.at(2) / curve.at(1)).isCloseTo(2, within(1e-9));
        assertThat(curve.at(1.5)).isBetween(curve.at(1), curve.at(2));
        assertThat(curve.at(8)).isEqualTo(curve.at(2));
        // Two busy workers are as fast as one.
        assertThat(curve.speedup(2)).isCloseTo(1, within(1e-9));
        // 15 ms on average, 20 ms if all workers are busy.
        assertThat(contention.slowdown("m")).isCloseTo(20 / 15.0, within(0.05));
    }

    @Test
    void moreBusyWorkersNeverMakeChunksFaster() {
        contention.measured("m", 1, 20, 1_000);
        contention.measured("m", 2, 10, 1_000);

        ContentionCurve curve = ContentionCurve.of(contention.byBusyWorkers("m"));

        assertThat(curve.at(2)).isEqualTo(curve.at(1));
    }

    @Test
    void nextLeaderRecallsTheSlowdown() {
        contention.measured("m", 1, 10, 1_000);
        contention.measured("m", 2, 20, 1_000);
        ContentionEstimator next = new ContentionEstimator();
        next.available(2);

        next.recall(new ModelProfile("m", 30, 2_000, List.of(), List.of(), contention.byBusyWorkers("m")));

        assertThat(next.slowdown("m")).isCloseTo(20 / 15.0, within(0.05));
        assertThat(next.byBusyWorkers("m"))
                .allSatisfy(c -> assertThat(c.frames()).isLessThanOrEqualTo(300));
    }
}
