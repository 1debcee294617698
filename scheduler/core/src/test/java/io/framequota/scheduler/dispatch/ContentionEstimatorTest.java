package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContentionEstimatorTest {
    private final ContentionEstimator crowds = new ContentionEstimator();

    @Test
    void countsHowLongHowManyWorkersWereBusy() {
        crowds.taken(0);
        crowds.taken(1_000);
        crowds.freed(3_000);

        assertThat(crowds.workerUs(4_000)).isEqualTo(1_000 + 2 * 2_000 + 1_000);
    }

    @Test
    void oneNumberOfWorkersMakesNoCurve() {
        crowds.measured("m", 2, 20, 1_000);

        assertThat(ContentionCurve.of(crowds.crowds("m"))).isEqualTo(ContentionCurve.NONE);
        assertThat(crowds.slowdown("m")).isEqualTo(1);
    }

    @Test
    void tellsHowMuchSlowerChunksGoInCompany() {
        crowds.all(2);
        crowds.measured("m", 1, 10, 1_000);
        crowds.measured("m", 1.9, 20, 1_000);

        ContentionCurve crowding = ContentionCurve.of(crowds.crowds("m"));

        assertThat(crowding.at(2) / crowding.at(1)).isCloseTo(2, within(1e-9));
        assertThat(crowding.at(1.5)).isBetween(crowding.at(1), crowding.at(2));
        assertThat(crowding.at(8)).isEqualTo(crowding.at(2));
        // Two at once are no faster than one.
        assertThat(crowding.speedup(2)).isCloseTo(1, within(1e-9));
        // On average 15 ms, 20 ms when all are busy.
        assertThat(crowds.slowdown("m")).isCloseTo(20 / 15.0, within(0.05));
    }

    @Test
    void companyNeverHelps() {
        crowds.measured("m", 1, 20, 1_000);
        crowds.measured("m", 2, 10, 1_000);

        ContentionCurve crowding = ContentionCurve.of(crowds.crowds("m"));

        assertThat(crowding.at(2)).isEqualTo(crowding.at(1));
    }

    @Test
    void anotherLeaderGoesOnFromIt() {
        crowds.measured("m", 1, 10, 1_000);
        crowds.measured("m", 2, 20, 1_000);
        ContentionEstimator next = new ContentionEstimator();
        next.all(2);

        next.recall(new ModelProfile("m", 30, 2_000, List.of(), List.of(), crowds.crowds("m")));

        assertThat(next.slowdown("m")).isCloseTo(20 / 15.0, within(0.05));
        assertThat(next.crowds("m")).allSatisfy(c -> assertThat(c.frames()).isLessThanOrEqualTo(300));
    }
}
