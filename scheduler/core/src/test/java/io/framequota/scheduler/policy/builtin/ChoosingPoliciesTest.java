package io.framequota.scheduler.policy.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.SnapshotJobs;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.policy.UsableCores;
import io.framequota.scheduler.policy.WidthExplanation;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies that divide among tenants or choose a width, and speedup functions. */
class ChoosingPoliciesTest {
    @Test
    void tenantsShareByWeightForAnyNumberOfRequests() {
        List<SnapshotJob> jobs = List.of(of("a", 1), of("a", 2), of("a", 3), of("b", 4));

        assertThat(shares(allocate("weighted-fair", Map.of(), 1200, 2, jobs), 4))
                .containsExactly(200, 200, 200, 600);
        assertThat(shares(allocate("weighted-fair", Map.of("weights", "a=3"), 1200, 2, jobs), 4))
                .containsExactly(300, 300, 300, 300);
        assertThat(shares(allocate("weighted-fair", Map.of("label", "team"), 1200, 2, jobs), 4))
                .as("requests without the label are one tenant")
                .containsExactly(300, 300, 300, 300);
    }

    @Test
    void unusedShareOfATenantGoesToTheOthers() {
        List<SnapshotJob> jobs = List.of(of("a", 1).limited(100), of("b", 2), of("c", 3));

        assertThat(shares(allocate("weighted-fair", Map.of(), 1100, 2, jobs), 3))
                .containsExactly(100, 500, 500);
    }

    @Test
    void invalidParametersAreRefused() {
        assertThatThrownBy(() -> Policies.installed().choose("weighted-fair", Map.of("weights", "a=0")))
                .hasMessageContaining("allowed: NAME=WEIGHT,NAME=WEIGHT,... with weights above 0");
        assertThatThrownBy(() -> Policies.installed().choose("hesrpt", Map.of("p", "2")))
                .hasMessageContaining("allowed: fit, or a number from 0 to 1");
        assertThatThrownBy(() -> Policies.installed().choose("srpt", Map.of("error", "-1")))
                .hasMessageContaining("allowed: a number from 0 to 10");
    }

    @Test
    void autoGivesMeasuredIdleCoresToTheNextRequestAndExplainsIt() {
        UsableCores usable = new UsableCores("people", 1);
        List<SnapshotJob> jobs = IntStream.rangeClosed(1, 2)
                .mapToObj(i -> SnapshotJobs.usingAtMost(SnapshotJob.queued("job-" + i, i, 1), usable, 1100))
                .toList();
        Allocation allocation = allocate("auto", Map.of(), 2000, 2, jobs);

        assertThat(shares(allocation, 2)).containsExactly(1100, 900);
        assertThat(shares(auto(Speedup.LINEAR, 1, 1), 2))
                .as("without a measurement the head has all cores")
                .containsExactly(2000, 0);
        assertThat(allocation.explanation().words())
                .endsWith("; measured: a request for people keeps 1.00 core busy however many it gets,"
                        + " so other requests get the rest");
        assertThat(auto(Speedup.LINEAR, 1, 1).explanation().words()).doesNotContain("measured");
    }

    @Test
    void autoPredictsRequestsWithFewUsableCores() {
        List<SnapshotJob> jobs = IntStream.rangeClosed(1, 8)
                .mapToObj(i ->
                        SnapshotJobs.usingAtMost(SnapshotJob.queued("job-" + i, i, 1), new UsableCores("m", 2), 2000))
                .toList();

        WidthExplanation choice = allocate("auto", Map.of(), 8000, 8, jobs).explanation();

        // Four side by side on two cores each: 1/2 s for the first four requests, 1 s for the others. Any narrower
        // width gives the same mean, and a wider one is worse.
        assertThat(choice.chosen().atATime()).isEqualTo(4);
        assertThat(choice.chosen().meanS()).isCloseTo(0.75, within(1e-9));
        assertThat(choice.rejected().meanS()).isGreaterThanOrEqualTo(0.75 - 1e-9);
    }

    @Test
    void autoServesOneAtATimeUnderLinearSpeedupAndSideBySideOtherwise() {
        Allocation one = auto(Speedup.LINEAR, 1, 1, 1, 1);
        Allocation each = auto(new Speedup.Capped(1), 1, 1, 1, 1);

        assertThat(shares(one, 4)).containsExactly(2000, 0, 0, 0);
        assertThat(shares(each, 4)).containsExactly(1000, 1000, 0, 0);
        assertThat(one.explanation().words())
                .isEqualTo("4 requests: 1 at a time on 2.00 cores, shortest first, for a mean of 1.25 s;"
                        + " 2 at a time on 1.00 core each would be 1.50 s");
        assertThat(each.explanation().chosen().meanS()).isCloseTo(1.5, within(1e-9));
    }

    @Test
    void autoServesShorterRequestsFirst() {
        assertThat(shares(auto(Speedup.LINEAR, 9, 1, 5), 3)).containsExactly(0, 2000, 0);
    }

    @Test
    void autoSharesEquallyWhileNoLengthIsKnown() {
        Allocation allocation = auto(Speedup.LINEAR, SnapshotJob.UNKNOWN, SnapshotJob.UNKNOWN);

        assertThat(shares(allocation, 2)).containsExactly(1000, 1000);
        assertThat(allocation.explanation().sizesKnown()).isFalse();
        assertThat(allocation.explanation().words()).startsWith("2 requests of unknown length: 2 at a time");
    }

    @Test
    void autoWastesFewerCoresUnderHigherLoad() {
        Speedup speedup = new Speedup.Amdahl(0.8);
        List<SnapshotJob> quiet = List.of(at(1, 3, 0), at(2, 3, 0));
        List<SnapshotJob> busy = List.of(at(1, 3, 0), at(6, 3, 10));

        Allocation idle = Policies.installed()
                .choose("auto", Map.of())
                .policy()
                .allocate(new Snapshot(10, 2000, 2, 9, speedup, quiet));
        Allocation loaded = Policies.installed()
                .choose("auto", Map.of())
                .policy()
                .allocate(new Snapshot(10, 2000, 2, 9, speedup, busy));

        assertThat(idle.explanation().chosen().atATime()).isEqualTo(1);
        assertThat(loaded.explanation().chosen().atATime()).isEqualTo(2);
        assertThat(loaded.explanation().chosen().load())
                .as("5 requests of 3 s in 13 s")
                .isCloseTo(15.0 / 13 / 2, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", "1, 1", "2, 1.8", "3, 2.3", "4, 2.8", "9, 2.8"})
    void measuredCurveIsInterpolatedAndLinearBelowOneCore(double cores, double speed) {
        Speedup curve = new Speedup.Curve(
                List.of(new Speedup.Point(1, 1), new Speedup.Point(2, 1.8), new Speedup.Point(4, 2.8)));

        assertThat(curve.at(cores)).isCloseTo(speed, within(1e-12));
        assertThat(new Speedup.Curve(List.of(new Speedup.Point(2, 1.8), new Speedup.Point(4, 2.8))).at(cores))
                .as("one core has speed 1 if it was not measured")
                .isCloseTo(speed, within(1e-12));
    }

    @Test
    void coresWorthAPriceAreWhereTheSpeedupHasThatSlope() {
        for (Speedup speedup : List.of(new Speedup.Amdahl(0.9), new Speedup.Power(0.5))) {
            for (double slope : new double[] {0.05, 0.2, 0.5, 0.85}) {
                double cores = speedup.coresWorth(slope);
                double h = 1e-6;
                double steep = (speedup.at(cores + h) - speedup.at(cores - h)) / (2 * h);
                assertThat(steep).as(speedup + " at " + cores).isCloseTo(slope, within(1e-6));
            }
        }
        assertThat(new Speedup.Amdahl(0.9).coresWorth(0.95)).isEqualTo(1);
        assertThat(new Speedup.Amdahl(0.9).coresWorth(1.01)).isZero();
        assertThat(new Speedup.Capped(3).coresWorth(0.7)).isEqualTo(3);
        assertThat(new Speedup.Curve(List.of(new Speedup.Point(1, 1), new Speedup.Point(4, 2.5))).coresWorth(0.6))
                .isEqualTo(1);
    }

    @Test
    void invalidSpeedupNamesAllowedValues() {
        assertThatThrownBy(() -> new Speedup.Amdahl(1.5))
                .hasMessage("a speedup of amdahl 1.5 is not possible; allowed: a number from 0 to 1");
        assertThatThrownBy(() -> new Speedup.Curve(List.of(new Speedup.Point(2, 1), new Speedup.Point(1, 1))))
                .hasMessageContaining("points with growing cores");
    }

    private static SnapshotJob of(String tenant, long arrival) {
        return SnapshotJob.queued("job-" + arrival, arrival, 1).submitted(0, Map.of("tenant", tenant));
    }

    private static SnapshotJob at(long arrival, double size, double submittedS) {
        return SnapshotJob.queued("job-" + arrival, arrival, size).submitted(submittedS, Map.of());
    }

    private static Allocation auto(Speedup speedup, double... sizes) {
        List<SnapshotJob> jobs = IntStream.range(0, sizes.length)
                .mapToObj(i -> SnapshotJob.queued("job-" + i, i + 1, sizes[i]))
                .toList();
        return Policies.installed()
                .choose("auto", Map.of())
                .policy()
                .allocate(new Snapshot(0, 2000, 2, 99, speedup, jobs));
    }

    private static Allocation allocate(
            String policy, Map<String, String> parameters, double budget, int cores, List<SnapshotJob> jobs) {
        return Policies.installed().choose(policy, parameters).policy().allocate(new Snapshot(budget, cores, 99, jobs));
    }

    private static double[] shares(Allocation allocation, int jobs) {
        return IntStream.range(0, jobs).mapToDouble(allocation::millicores).toArray();
    }
}
