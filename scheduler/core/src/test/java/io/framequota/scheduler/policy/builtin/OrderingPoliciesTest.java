package io.framequota.scheduler.policy.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Allocation;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.ExecutionMode;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import io.framequota.scheduler.policy.SnapshotJobs;
import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Policies that differ in the order of jobs. */
class OrderingPoliciesTest {
    @Test
    void gangGivesItsWidthToAsManyRequestsAsFit() {
        Allocation allocation = allocate("gang", Map.of("width", "2"), 4, queued(1, 1, 1));

        assertThat(shares(allocation, 3)).containsExactly(2000, 2000, 0);
        assertThat(allocation.mode()).isEqualTo(ExecutionMode.BOUND);
        assertThat(shares(allocate("gang", Map.of("width", "9"), 4, queued(1, 1)), 2))
                .as("the width is limited to the number of cores")
                .containsExactly(4000, 0);
    }

    @Test
    void srptComparesRemainingWorkOrTotalSizeWithOrWithoutPreemption() {
        List<SnapshotJob> jobs = List.of(SnapshotJob.queued("long", 1, 10).begun(9), SnapshotJob.queued("short", 2, 3));

        assertThat(head("srpt", Map.of(), jobs)).isEqualTo(0);
        assertThat(head("srpt", Map.of("measure", "size"), jobs)).isEqualTo(1);
        assertThat(head("srpt", Map.of("measure", "size", "preempt", "false"), jobs))
                .isEqualTo(0);
    }

    @Test
    void artificialErrorDependsOnlyOnJobAndSeed() {
        SizeEstimates estimates = new SizeEstimates(0.5, 1);
        SnapshotJob job = SnapshotJob.queued("a", 1, 10);

        assertThat(estimates.size(job)).isEqualTo(estimates.size(job.begun(3))).isNotEqualTo(10);
        assertThat(new SizeEstimates(0.5, 2).size(job)).isNotEqualTo(estimates.size(job));
        assertThat(new SizeEstimates(0, 1).size(job)).isEqualTo(10);
        double[] logs = IntStream.range(0, 20_000)
                .mapToDouble(i -> Math.log(estimates.size(SnapshotJob.queued("job-" + i, i, 1))))
                .toArray();
        double mean = IntStream.range(0, logs.length)
                .mapToDouble(i -> logs[i])
                .average()
                .orElseThrow();
        double square = IntStream.range(0, logs.length)
                .mapToDouble(i -> logs[i] * logs[i])
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.02));
        assertThat(Math.sqrt(square)).isCloseTo(0.5, within(0.02));
    }

    @Test
    void lasSharesCoresAmongTheLeastServedUntilTheyCatchUp() {
        List<SnapshotJob> jobs = List.of(
                SnapshotJob.queued("old", 1, SnapshotJob.UNKNOWN).begun(5),
                SnapshotJob.queued("a", 2, SnapshotJob.UNKNOWN).begun(1),
                SnapshotJob.queued("b", 3, SnapshotJob.UNKNOWN).begun(1));

        Allocation allocation = allocate("las", Map.of(), 2, jobs);

        assertThat(shares(allocation, 3)).containsExactly(0, 1000, 1000);
        assertThat(allocation.reviewAfterS())
                .as("4 core-seconds behind, with one core each")
                .isCloseTo(4, within(1e-9));
    }

    @Test
    void oldRequestComesBeforeYoungerShorterRequests() {
        List<SnapshotJob> jobs = List.of(
                SnapshotJob.queued("old", 1, 100).submitted(0, Map.of()),
                SnapshotJob.queued("young", 2, 1).submitted(50, Map.of()));
        ConfiguredPolicy aging =
                Policies.installed().choose("one-request-at-a-time", Map.of("order", "shortest-first", "aging", "60"));

        Allocation before = aging.policy().allocate(new Snapshot(55, 2000, 2, 9, Speedup.LINEAR, jobs));
        Allocation after = aging.policy().allocate(new Snapshot(60, 2000, 2, 9, Speedup.LINEAR, jobs));

        assertThat(before.at(0)).isEqualTo(1);
        assertThat(before.reviewAfterS()).isCloseTo(5, within(1e-9));
        assertThat(after.at(0)).isEqualTo(0);
    }

    @Test
    void edfRefusesRequestsThatWouldMissOrMakeAnEarlierRequestMiss() {
        List<SnapshotJob> jobs = List.of(
                due("first", 1, 4, 3),
                due("hopeless", 2, 10, 4),
                due("in-the-way", 3, 2.1, 1.2),
                due("fits", 4, 1.9, 1),
                SnapshotJob.queued("patient", 5, 50));

        Allocation allocation = allocate("edf", Map.of(), 2, jobs);

        assertThat(IntStream.range(0, allocation.refusals()).map(allocation::refused))
                .containsExactly(1, 2);
        assertThat(IntStream.range(0, allocation.size()).map(allocation::at)).containsExactly(3, 0, 4);
        assertThat(shares(allocation, 5)).containsExactly(0, 0, 0, 2000, 0);
        assertThat(allocate("edf", Map.of("admission", "false"), 2, jobs).refusals())
                .isZero();
    }

    @Test
    void edfDoesNotRefuseRequestsOfUnknownCost() {
        List<SnapshotJob> jobs = List.of(
                SnapshotJobs.unprofiled(due("unprofiled", 1, 100, 1)), due("unknown", 2, SnapshotJob.UNKNOWN, 1));

        assertThat(allocate("edf", Map.of(), 2, jobs).refusals()).isZero();
    }

    @Test
    void heSrptGivesLargerJobsSmallerSharesAboveZero() {
        Allocation allocation = Policies.installed()
                .choose("hesrpt", Map.of("p", "0.5"))
                .policy()
                .allocate(new Snapshot(4000, 4, 9, queued(3, 2, 1)));

        assertThat(shares(allocation, 3)).containsExactly(new double[] {444.444, 1333.333, 2222.222}, within(1e-3));
        assertThat(shares(
                        Policies.installed()
                                .choose("hesrpt", Map.of("p", "0.5", "objective", "slowdown"))
                                .policy()
                                .allocate(new Snapshot(4000, 4, 9, queued(3, 2, 1))),
                        3))
                .containsExactly(new double[] {132.231, 694.215, 3173.554}, within(1e-3));
    }

    @Test
    void boundOnActiveJobsKeepsPlacedJobs() {
        List<SnapshotJob> jobs = List.of(
                SnapshotJob.queued("a", 1, 10).begun(1), SnapshotJob.queued("b", 2, 1), SnapshotJob.queued("c", 3, 2));

        Allocation allocation = Policies.installed()
                .choose("srpt", Map.of())
                .policy()
                .allocate(new Snapshot(0, 2000, 2, 2, Speedup.LINEAR, jobs));

        assertThat(IntStream.range(0, allocation.size()).map(allocation::at))
                .as("the shortest queued job gets the free place")
                .containsExactly(1, 0);
    }

    private static SnapshotJob due(String id, long arrival, double size, double inS) {
        return SnapshotJob.queued(id, arrival, size).submitted(0, Map.of("deadline", Double.toString(inS)));
    }

    private static int head(String policy, Map<String, String> parameters, List<SnapshotJob> jobs) {
        return allocate(policy, parameters, 2, jobs).at(0);
    }

    private static Allocation allocate(
            String policy, Map<String, String> parameters, int cores, List<SnapshotJob> jobs) {
        return Policies.installed()
                .choose(policy, parameters)
                .policy()
                .allocate(new Snapshot(1000.0 * cores, cores, 99, jobs));
    }

    private static List<SnapshotJob> queued(double... sizes) {
        return IntStream.range(0, sizes.length)
                .mapToObj(i -> SnapshotJob.queued("job-" + i, i + 1, sizes[i]))
                .toList();
    }

    private static double[] shares(Allocation allocation, int jobs) {
        return IntStream.range(0, jobs).mapToDouble(allocation::millicores).toArray();
    }
}
