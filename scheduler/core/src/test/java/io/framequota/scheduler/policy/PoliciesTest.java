package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static final double BUDGET = 2000;

    @Test
    void oneCorePerRequestGivesTheFirstRequestsOneCoreEach() {
        Allocation allocation = allocate("one-core-per-request", Map.of(), jobs(30, 20, 10));

        assertThat(shares(allocation, 3)).containsExactly(1000, 1000, 0);
        assertThat(allocation.mode()).isEqualTo(ExecutionMode.BOUND);
        assertThat(allocation.spill()).isFalse();
    }

    @Test
    void oneCorePerRequestServesBegunRequestsBeforeQueuedOnes() {
        SnapshotJob early = SnapshotJob.queued("early", 1, 10);
        SnapshotJob begunA = begun("a", 2);
        SnapshotJob begunB = begun("b", 3);

        Allocation allocation = allocate("one-core-per-request", Map.of(), List.of(early, begunA, begunB));

        assertThat(shares(allocation, 3)).containsExactly(0, 1000, 1000);
    }

    @Test
    void divideAndConquerGivesEqualShares() {
        Allocation allocation = allocate("divide-and-conquer", Map.of(), jobs(1, 2, 3, 4));

        assertThat(shares(allocation, 4)).containsExactly(500, 500, 500, 500);
        assertThat(allocation.mode()).isEqualTo(ExecutionMode.SLICED);
    }

    @Test
    void divideAndConquerRedistributesWhatALimitedRequestCannotUse() {
        SnapshotJob limited = SnapshotJob.queued("limited", 1, 10).limited(200);

        Allocation allocation = allocate(
                "fair-split",
                Map.of(),
                List.of(limited, SnapshotJob.queued("a", 2, 10), SnapshotJob.queued("b", 3, 10)));

        assertThat(shares(allocation, 3)).containsExactly(200, 900, 900);
    }

    @Test
    void oneRequestAtATimeGivesTheHeadAllCores() {
        Allocation allocation = allocate("one-request-at-a-time", Map.of(), jobs(30, 20, 10));

        assertThat(shares(allocation, 3)).containsExactly(2000, 0, 0);
        assertThat(order(allocation)).containsExactly(0, 1, 2);
        assertThat(allocation.spill()).isTrue();
    }

    @Test
    void shortestFirstOrdersByRemainingWorkAndServesUnknownLengthsLast() {
        Allocation allocation = allocate(
                "one-at-a-time",
                Map.of("order", "shortest-first", "spill", "false"),
                jobs(30, SnapshotJob.UNKNOWN, 10, 10));

        assertThat(order(allocation)).containsExactly(2, 3, 0, 1);
        assertThat(shares(allocation, 4)).containsExactly(0, 0, 2000, 0);
        assertThat(allocation.spill()).isFalse();
    }

    @Test
    void maxActiveLimitsJobsWithAShare() {
        for (PolicyDefinition kind : Policies.installed().all()) {
            ConfiguredPolicy chosen = kind.with(Map.of("max_active", "1"));

            Allocation allocation =
                    chosen.policy().allocate(new Snapshot(BUDGET, 2, chosen.maxActive(), jobs(1, 2, 3)));

            assertThat(allocation.size()).as(kind.name()).isEqualTo(1);
            assertThat(allocation.millicores(0)).isGreaterThan(0);
            assertThat(allocation.millicores(1)).isZero();
        }
    }

    @Test
    void withoutWorkersNoJobHasAShare() {
        for (PolicyDefinition kind : Policies.installed().all()) {
            Allocation allocation =
                    kind.with(Map.of()).policy().allocate(new Snapshot(0, 0, Integer.MAX_VALUE, jobs(1, 2)));

            assertThat(allocation.total()).as(kind.name()).isZero();
        }
    }

    @Test
    void unknownPolicyNamesTheExistingOnes() {
        assertThatThrownBy(() -> Policies.installed().choose("lottery", Map.of()))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("no policy 'lottery'; there are "
                        + Policies.installed().all().stream()
                                .map(PolicyDefinition::name)
                                .collect(Collectors.joining(", ")))
                .hasMessageContaining("divide-and-conquer");
    }

    @Test
    void unknownParameterNamesTheExistingOnes() {
        assertThatThrownBy(() -> Policies.installed().choose("one-at-a-time", Map.of("width", "2")))
                .hasMessage(
                        "policy one-request-at-a-time has no parameter 'width'; it has order, aging, spill, max_active");
    }

    @Test
    void invalidValueNamesTheAllowedOnes() {
        assertThatThrownBy(() -> Policies.installed().choose("one-at-a-time", Map.of("order", "random")))
                .hasMessage("parameter order of policy one-request-at-a-time cannot be 'random'; "
                        + "allowed: arrival, shortest-first");
        assertThatThrownBy(() -> Policies.installed().choose("divide-and-conquer", Map.of("max_active", "0")))
                .hasMessageContaining("a whole number from 1 to");
    }

    @Test
    void aliasSelectsTheCanonicalName() {
        assertThat(Policies.installed().choose("fair-split", Map.of()).name()).isEqualTo("divide-and-conquer");
    }

    private static Allocation allocate(String policy, Map<String, String> parameters, List<SnapshotJob> jobs) {
        ConfiguredPolicy chosen = Policies.installed().choose(policy, parameters);
        return chosen.policy().allocate(new Snapshot(BUDGET, 2, chosen.maxActive(), jobs));
    }

    private static List<SnapshotJob> jobs(double... remaining) {
        return IntStream.range(0, remaining.length)
                .mapToObj(i -> SnapshotJob.queued("job-" + i, i + 1, remaining[i]))
                .toList();
    }

    private static SnapshotJob begun(String id, long arrival) {
        return SnapshotJob.queued(id, arrival, 20).begun(10);
    }

    private static double[] shares(Allocation allocation, int jobs) {
        return IntStream.range(0, jobs).mapToDouble(allocation::millicores).toArray();
    }

    private static int[] order(Allocation allocation) {
        return IntStream.range(0, allocation.size()).map(allocation::at).toArray();
    }

    @Test
    void yardstickCannotServeJobs() {
        assertThat(Policies.installed().choose("hesrpt", Map.of()).name()).isEqualTo("hesrpt");
        assertThat(Policies.installed().chooseServing("srpt", Map.of()).name()).isEqualTo("srpt");
        assertThatThrownBy(() -> Policies.installed().chooseServing("hesrpt", Map.of()))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageStartingWith(
                        "'hesrpt' is a yardstick, which only experiments can run (fq experiment run --on simulator); ")
                .hasMessageContaining("may be chosen: one-core-per-request, ")
                .hasMessageContaining("auto")
                .hasMessageNotContaining("concave-optimum");
    }
}
