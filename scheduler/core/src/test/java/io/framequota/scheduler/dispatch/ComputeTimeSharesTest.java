package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that share an inference server whose compute time is divided among jobs. */
class ComputeTimeSharesTest {
    private static final DispatchEvent.SharesEnforced COMPUTE_TIME =
            new DispatchEvent.SharesEnforced(true, false, true);

    @Test
    void workersOfOneServerHaveItsDevicesInCommon() {
        Bench bench = divided("divide-and-conquer", DispatcherSettings.UNCAPPED, 3);
        bench.on(bench.job("a", 5), bench.job("b", 5));

        assertThat(bench.dispatcher.budget()).isEqualTo(1000);
        assertThat(bench.dispatcher.computeTimeShares())
                .extracting(ComputeTimeShare::job, ComputeTimeShare::millicores)
                .containsExactlyInAnyOrder(tuple("a", 500.0), tuple("b", 500.0));
    }

    @Test
    void partsOfAJobAddUpToItsShareHoweverManyWorkersRunIt() {
        Bench bench = divided("divide-and-conquer", 400, 3);
        bench.on(bench.job("a", 9));
        bench.after(10, bench.job("b", 9));
        bench.after(10, bench.job("c", 9));

        List<ComputeTimeShare> parts = bench.dispatcher.computeTimeShares();
        assertThat(parts.stream().mapToDouble(ComputeTimeShare::millicores).sum())
                .isLessThanOrEqualTo(400.000001)
                .isGreaterThan(399);
        assertThat(parts).extracting(ComputeTimeShare::worker).doesNotHaveDuplicates();
    }

    @Test
    void aUnitIsADevice() {
        Bench bench = divided("one-core-per-request", DispatcherSettings.UNCAPPED, 3);
        bench.on(bench.job("a", 5), bench.job("b", 5));

        assertThat(bench.dispatcher.computeTimeShares())
                .extracting(ComputeTimeShare::job, ComputeTimeShare::millicores)
                .containsExactly(tuple("a", 1000.0));
    }

    @Test
    void theThirdJobsShareIsThereWithTheDecisionThatItsFirstChunkCauses() {
        Bench bench = divided("divide-and-conquer", DispatcherSettings.UNCAPPED, 3);
        bench.on(bench.job("a", 5), bench.job("b", 5));

        bench.on(bench.job("c", 5));

        assertThat(bench.dispatcher.computeTimeShares())
                .hasSize(3)
                .allSatisfy(p -> assertThat(p.millicores()).isEqualTo(1000.0 / 3));
    }

    @Test
    void withoutEnforcementThereAreNone() {
        Bench bench = divided("divide-and-conquer", DispatcherSettings.UNCAPPED, 2);
        assertThat(bench.dispatcher.dividesComputeTime()).isTrue();

        bench.on(DispatchEvent.SharesEnforced.NOT);

        assertThat(bench.dispatcher.dividesComputeTime()).isFalse();
        assertThat(bench.dispatcher.budget()).as("millicores of CPU again").isEqualTo(2000);
    }

    private static Bench divided(String policy, double budget, int workers) {
        Bench bench = new Bench(policy, budget);
        bench.on(COMPUTE_TIME);
        for (int i = 0; i < workers; i++) {
            bench.on(Bench.beat("w" + i));
        }
        return bench;
    }
}
