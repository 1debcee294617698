package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four one-second requests on two cores: the mean response of each policy matches theory. */
class SeedExperimentTest {
    private static final int CHUNK_FRAMES = 10;

    @ParameterizedTest
    @CsvSource({
        "one-core-per-request, 1.5",
        "divide-and-conquer,   2.0",
        "fair-split,           2.0",
        "one-request-at-a-time, 1.25",
        "one-at-a-time,        1.25"
    })
    void meanResponseMatchesTheoryWithinOneChunk(String policy, double expected) {
        VirtualCluster cluster = new VirtualCluster(policy, Map.of(), 2, DispatcherSettings.UNCAPPED);
        long start = cluster.now;
        cluster.submitTogether(4, 1000 / CHUNK_FRAMES, CHUNK_FRAMES);

        cluster.runUntil(cluster::allEnded, 10_000_000);

        double chunk = CHUNK_FRAMES * cluster.frameUs / 1e6;
        assertThat(cluster.meanResponseSeconds() - start / 1e6).isCloseTo(expected, within(2 * chunk));
    }

    @ParameterizedTest
    @CsvSource({"one-core-per-request", "divide-and-conquer", "one-request-at-a-time"})
    void noCoreIsIdleWhileThereIsWork(String policy) {
        VirtualCluster cluster = new VirtualCluster(policy, Map.of(), 2, DispatcherSettings.UNCAPPED);
        cluster.submitTogether(4, 100, CHUNK_FRAMES);

        cluster.runUntil(cluster::allEnded, 10_000_000);

        long makespan =
                cluster.jobs.values().stream().mapToLong(j -> j.endedAt).max().orElseThrow();
        assertThat(makespan / 1e6).isCloseTo(2.0, within(0.02));
    }
}
