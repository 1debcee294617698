package io.framequota.lab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaledExperimentTest {
    private static final int CORES = 4;

    @Test
    void amdahlsSerialFractionIsTheSameAtEveryWidth() {
        ScaledExperiment scaled = scaled(new Speedup.Amdahl(0.8));

        assertThat(scaled.parallelism(500)).isEqualTo(Parallelism.ONE);
        assertThat(scaled.parallelism(1000)).isEqualTo(Parallelism.ONE);
        assertThat(scaled.parallelism(2000)).isEqualTo(new Parallelism(2, 200));
        assertThat(scaled.parallelism(4000)).isEqualTo(new Parallelism(4, 200));
    }

    @Test
    void ofAMeasuredCurveItIsWhateverGivesItsSpeedOnThatManyThreads() {
        Speedup curve = new Speedup.Curve(List.of(
                new Speedup.Point(1, 1),
                new Speedup.Point(2, 1.8),
                new Speedup.Point(3, 2),
                new Speedup.Point(4, 2.9)));
        ScaledExperiment scaled = scaled(curve);

        for (int k = 2; k <= CORES; k++) {
            Parallelism parallelism = scaled.parallelism(1000 * k);
            double serial = parallelism.serial() / 1000.0;
            assertThat(parallelism.threads()).isEqualTo(k);
            assertThat(1 / (serial + (1 - serial) / k)).isCloseTo(curve.at(k), within(0.01));
        }
    }

    @Test
    void whatIsLinearOrCappedHasNone() {
        assertThat(scaled(Speedup.LINEAR).parallelism(4000)).isEqualTo(new Parallelism(4, 0));
        assertThat(scaled(new Speedup.Capped(1)).parallelism(4000)).isEqualTo(Parallelism.ONE);
        assertThat(scaled(new Speedup.Capped(2.5)).parallelism(4000)).isEqualTo(new Parallelism(3, 0));
    }

    private static ScaledExperiment scaled(Speedup speedup) {
        return new ScaledExperiment(
                Policies.installed().choose("divide-and-conquer", Map.of()),
                CORES,
                1000 * CORES,
                4,
                speedup,
                100_000_000,
                List.of());
    }
}
