package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Runs.equal;
import static io.framequota.scheduler.simulator.Runs.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatedComputeTimeTest {
    @ParameterizedTest
    @CsvSource({"one-core-per-request, 1.5", "divide-and-conquer, 2.0", "one-request-at-a-time, 1.25"})
    void theSeedExperimentOnComputeTime(String name, double mean) {
        SimulationResult outcome = Simulator.run(devices(2, 2000, Speedup.LINEAR, name, 0.01), change -> {}, 10);

        assertThat(outcome.meanResponseS()).isCloseTo(mean, within(0.03 * mean));
    }

    @Test
    void aBudgetBelowTheDevicesLeavesThemIdle() {
        SimulationResult half =
                Simulator.run(devices(2, 1000, Speedup.LINEAR, "divide-and-conquer", 0.01), change -> {}, 10);

        // A core of the experiment has 500 millicores, so a second on it is half a second of a device.
        assertThat(half.makespanS()).isCloseTo(2.0, within(0.06));
    }

    @Test
    void jobsThatDoNotScaleLinearlyAreRefused() {
        assertThatThrownBy(() -> Simulator.run(devices(2, 2000, new Speedup.Amdahl(0.5), "divide-and-conquer", 0.01)))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("allowed: linear");
    }

    private static Scenario devices(int devices, double budget, Speedup speedup, String policy, double batchS) {
        return new Scenario(
                devices,
                budget,
                speedup,
                policy(policy),
                equal(4, 1),
                1,
                QuotaModel.BATCHES,
                ShareGrid.EXACT,
                0,
                0,
                100,
                OptionalInt.empty(),
                false,
                batchS);
    }
}
