package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deadlines, ages and placed jobs must survive a change of leader. */
class NewLeaderTest {
    private static final long SUBMITTED_MS = 1_000;

    private static DispatchEvent backlog(BacklogJob... jobs) {
        return new DispatchEvent.BacklogRead(List.of(jobs), jobs.length);
    }

    private static BacklogJob job(String id, long arrival, long frames, long committed, Map<String, String> labels) {
        JobDescriptor descriptor =
                new JobDescriptor(id, arrival, "m", labels, frames, JobDescriptor.UNLIMITED, SUBMITTED_MS * 1000);
        return new BacklogJob(descriptor, 2, false, chunks(id, 2), committed, 0);
    }

    private static Bench leading(String policy, Map<String, String> parameters, long atMs) {
        Bench bench = new Bench(policy, parameters, DispatcherSettings.UNCAPPED);
        bench.nowMs = atMs;
        bench.on(beat("w"), new DispatchEvent.CostMeasured("m", 0.1));
        return bench;
    }

    @Test
    void deadlineCountsFromTheSubmission() {
        // 10 s of work, 25 s after a submission with a deadline of 30 s.
        BacklogJob late = job("late", 1, 100, 0, Map.of("deadline", "30"));

        assertThat(leading("edf", Map.of(), SUBMITTED_MS + 10_000).on(backlog(late)))
                .noneMatch(c -> c instanceof DispatchCommand.FailJob);
        assertThat(leading("edf", Map.of(), SUBMITTED_MS + 25_000).on(backlog(late)))
                .filteredOn(c -> c instanceof DispatchCommand.FailJob)
                .containsExactly(new DispatchCommand.FailJob(
                        "late",
                        "refused by the policy edf: it needs about 10.0 s on all cores and its deadline is in 5.0 s"));
    }

    @Test
    void jobWithResultsIsNotRefused() {
        BacklogJob begun = job("begun", 1, 100, 20, Map.of("deadline", "30"));

        assertThat(leading("edf", Map.of(), SUBMITTED_MS + 29_000).on(backlog(begun)))
                .noneMatch(c -> c instanceof DispatchCommand.FailJob)
                .hasAtLeastOneElementOfType(DispatchCommand.Grant.class);
    }

    @Test
    void ageCountsFromTheSubmission() {
        Bench bench = leading(
                "one-request-at-a-time", Map.of("order", "shortest-first", "aging", "10"), SUBMITTED_MS + 11_000);
        JobDescriptor young = new JobDescriptor(
                "short", 2, "m", Map.of(), 10, JobDescriptor.UNLIMITED, (SUBMITTED_MS + 10_000) * 1000);

        List<DispatchCommand> commands = bench.on(
                backlog(job("long", 1, 500, 0, Map.of()), new BacklogJob(young, 2, true, chunks("short", 2), 0, 0)));

        assertThat(Bench.grant(commands).chunk().job()).isEqualTo("long");
    }

    @Test
    void jobWithResultsKeepsItsPlace() {
        Bench bench = leading("divide-and-conquer", Map.of("max_active", "1"), SUBMITTED_MS);

        List<DispatchCommand> commands =
                bench.on(backlog(job("waited", 1, 100, 0, Map.of()), job("begun", 2, 100, 20, Map.of())));

        assertThat(Bench.grants(commands)).extracting(GrantRef::job).containsOnly("begun");
    }

    @Test
    void submissionFromAFastClockCountsFromItsArrival() {
        Bench bench = leading("edf", Map.of(), SUBMITTED_MS - 500);

        assertThat(bench.on(backlog(job("job", 1, 100, 0, Map.of("deadline", "10.2")))))
                .noneMatch(c -> c instanceof DispatchCommand.FailJob);
        assertThat(leading("edf", Map.of(), SUBMITTED_MS - 500)
                        .on(backlog(job("job", 1, 100, 0, Map.of("deadline", "9")))))
                .anyMatch(c -> c instanceof DispatchCommand.FailJob);
    }
}
