package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Workers whose shares are enforced. */
class SideBySideTest {
    @Test
    void everyRequestHasItsOwnWorkerWithAFractionOfACore() {
        Bench bench = enforced("divide-and-conquer", 2000, 4);
        List<DispatchCommand> commands =
                bench.on(bench.job("a", 5), bench.job("b", 5), bench.job("c", 5), bench.job("d", 5));

        assertThat(Bench.grants(commands).stream().map(GrantRef::job).distinct())
                .containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(Bench.grant(commands).millicores()).isEqualTo(500);
        assertThat(bench.dispatcher.workerShares())
                .allSatisfy(w -> assertThat(w.millicores()).isEqualTo(500))
                .extracting(WorkerShare::job)
                .doesNotHaveDuplicates();
    }

    @Test
    void computeUnitIsTheBudgetPerWorker() {
        Bench bench = enforced("one-core-per-request", 2000, 4);
        bench.on(bench.job("a", 5), bench.job("b", 5), bench.job("c", 5));

        assertThat(millicoresByJob(bench)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1000.0, "b", 1000.0));
    }

    @Test
    void headRequestHasAsManyWorkersAsItsShareFills() {
        Bench bench = enforced("one-request-at-a-time", 2000, 4);
        List<DispatchCommand> commands = bench.on(bench.job("a", 9), bench.job("b", 9));

        assertThat(Bench.grants(commands).stream().map(GrantRef::job).distinct())
                .containsExactly("a");
        assertThat(millicoresByJob(bench)).containsExactly(Map.entry("a", 2000.0));
        assertThat(bench.dispatcher.workerShares().stream().filter(WorkerShare::busy))
                .hasSize(2);
    }

    @Test
    void requestsWithoutAWorkerQueue() {
        Bench bench = enforced("divide-and-conquer", 2000, 2);
        bench.on(bench.job("a", 5), bench.job("b", 5), bench.job("c", 5));

        assertThat(millicoresByJob(bench)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1000.0, "b", 1000.0));
    }

    @Test
    void workerThatStillRunsAChunkOfAJobDividesItsShare() {
        Bench bench = enforced("divide-and-conquer", 2000, 4);
        bench.on(bench.job("a", 20));
        bench.after(10, bench.job("b", 20));

        Map<String, Double> byJob = millicoresByJob(bench);
        assertThat(byJob).containsEntry("a", 1000.0).containsEntry("b", 1000.0);
        assertThat(bench.dispatcher.workerShares().stream().filter(w -> "a".equals(w.job()) && w.busy()))
                .hasSize(2)
                .allSatisfy(w -> assertThat(w.millicores()).isEqualTo(500));
    }

    @Test
    void preemptedRequestKeepsItsWorkerWithoutAShare() {
        Bench bench = enforced("srpt", 1000, 2);
        bench.on(new DispatchEvent.CostMeasured("m", 0.1));
        bench.on(sized(bench, "long", 20, 200));
        bench.after(10, sized(bench, "short", 2, 20));

        WorkerShare preempted = of(bench, "long");
        assertThat(preempted.busy()).isTrue();
        assertThat(preempted.millicores()).isZero();
        assertThat(of(bench, "short").millicores()).isEqualTo(1000);
    }

    @Test
    void idleWorkerHasNoShareAndALoadingWorkerIsNotReady() {
        Bench bench = enforced("divide-and-conquer", 2000, 2);
        bench.on(new DispatchEvent.Heartbeat(Bench.id("w9"), Bench.EPOCH, Bench.info(false), null, null));

        assertThat(bench.dispatcher.workerShares())
                .allSatisfy(w -> assertThat(w.millicores()).isZero());
        assertThat(bench.dispatcher.workerShares().getLast().ready()).isFalse();
    }

    @Test
    void budgetMayChangeWhileJobsRun() {
        Bench bench = enforced("divide-and-conquer", 2000, 2);
        bench.on(bench.job("a", 5), bench.job("b", 5));
        bench.after(10, new DispatchEvent.BudgetChanged(500));

        assertThat(bench.dispatcher.budget()).isEqualTo(500);
        assertThat(millicoresByJob(bench)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 250.0, "b", 250.0));
    }

    @Test
    void withoutEnforcementChunksTakeTurnsAgain() {
        Bench bench = enforced("divide-and-conquer", 1000, 3);
        bench.on(DispatchEvent.SharesEnforced.NOT);
        List<DispatchCommand> commands = bench.after(10, bench.job("a", 5), bench.job("b", 5));

        assertThat(Bench.grants(commands)).hasSize(2);
        assertThat(commands.stream()
                        .map(c -> ((DispatchCommand.Grant) c).worker())
                        .distinct())
                .as("the budget covers one worker")
                .hasSize(1);
    }

    @Test
    void costCountsOnlyTheCoresThatTheWorkerCouldUse() {
        Bench bench = enforced("divide-and-conquer", 2000, 4);
        List<DispatchCommand> commands =
                bench.on(bench.job("a", 5), bench.job("b", 5), bench.job("c", 5), bench.job("d", 5));
        DispatchCommand.Grant grant = Bench.grant(commands);
        GrantRef ref = VirtualWorker.ref(grant);
        bench.on(Bench.started(grant.worker(), ref));
        // One second with 500 millicores, then two seconds with half the budget.
        bench.after(1_000, new DispatchEvent.BudgetChanged(1_000));
        bench.after(2_000, Bench.finished(grant.worker(), ref));

        assertThat(coreSecondsPerFrame(bench)).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void unusedSharesOfOthersCountIfTheyMayBeUsed() {
        Bench bench = enforced("divide-and-conquer", 2000, 4);
        bench.on(new DispatchEvent.SharesEnforced(true, true));
        // Two jobs have no chunks yet.
        List<DispatchCommand> commands =
                bench.on(bench.job("a", 1), bench.job("b", 1), decoding(bench, "c"), decoding(bench, "d"));
        DispatchCommand.Grant grant = Bench.grant(commands);
        GrantRef ref = VirtualWorker.ref(grant);
        bench.on(Bench.started(grant.worker(), ref));
        bench.after(1_000, Bench.finished(grant.worker(), ref));

        assertThat(coreSecondsPerFrame(bench)).isCloseTo(0.1, within(1e-9));
    }

    private static DispatchEvent decoding(Bench bench, String id) {
        return new DispatchEvent.JobSubmitted(new BacklogJob(bench.descriptor(id), 0, false, List.of(), 0, 0));
    }

    private static double coreSecondsPerFrame(Bench bench) {
        return bench.dispatcher.modelProfiles().stream()
                .mapToDouble(l -> l.coreSeconds() / l.frames())
                .findFirst()
                .orElseThrow();
    }

    private static Bench enforced(String policy, double budget, int workers) {
        Bench bench = new Bench(policy, budget);
        bench.on(DispatchEvent.SharesEnforced.LIMITS);
        for (int i = 0; i < workers; i++) {
            bench.on(Bench.beat("w" + i));
        }
        return bench;
    }

    private static DispatchEvent sized(Bench bench, String id, int chunks, long frames) {
        JobDescriptor descriptor = bench.descriptor(id);
        return new DispatchEvent.JobSubmitted(new BacklogJob(
                new JobDescriptor(id, descriptor.arrival(), "m", Map.of(), frames, JobDescriptor.UNLIMITED),
                chunks,
                true,
                Bench.chunks(id, chunks),
                0,
                0));
    }

    private static WorkerShare of(Bench bench, String job) {
        return bench.dispatcher.workerShares().stream()
                .filter(w -> job.equals(w.job()) && w.busy())
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Double> millicoresByJob(Bench bench) {
        return bench.dispatcher.workerShares().stream()
                .filter(w -> w.job() != null && w.millicores() > 0)
                .collect(Collectors.groupingBy(
                        w -> String.valueOf(w.job()), Collectors.summingDouble(WorkerShare::millicores)));
    }
}
