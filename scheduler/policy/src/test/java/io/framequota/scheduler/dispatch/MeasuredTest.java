package io.framequota.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.policy.Speedup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the dispatcher learns by measuring, and what policies do with it. */
class MeasuredTest {
    @Test
    void whatAFrameCostsIsLearntFromFinishedChunksAndMovesOnlyWhenItMustMove() {
        Costs costs = new Costs();
        assertThat(costs.isMeasured("m")).isFalse();

        costs.measured("m", 1.0, 100);
        assertThat(costs.perFrame("m")).isEqualTo(0.01);
        costs.measured("m", 1.05, 100);
        assertThat(costs.perFrame("m")).as("5 % off is the same").isEqualTo(0.01);
        costs.measured("m", 8, 200);
        assertThat(costs.perFrame("m")).isCloseTo(10.05 / 400, within(1e-12));
        assertThat(costs.isMeasured("other")).isFalse();
    }

    @Test
    void aRequestThatCannotBeInTimeIsFailedOnceWithItsReasonAndNothingOfItIsGranted() {
        Bench bench = new Bench("edf");
        bench.on(Bench.beat("worker-0"), new Event.CostMeasured("m", 0.1));

        List<Command> commands = bench.on(due("late", 1, 100, "5"), due("fine", 2, 100, "60"));

        assertThat(commands)
                .filteredOn(c -> c instanceof Command.FailJob)
                .containsExactly(new Command.FailJob("late", "refused by the policy edf: it could not end in time"));
        assertThat(Bench.grants(commands)).extracting(GrantRef::job).containsOnly("fine");
        assertThat(bench.on(new Event.JobEnded("late"))).noneMatch(c -> c instanceof Command.FailJob);
    }

    @Test
    void theBacklogIsWhatIsLeftAtItsMeasuredCost() {
        Bench bench = new Bench("one-request-at-a-time");
        assertThat(bench.dispatcher.backlogCoreSeconds()).isZero();

        JobSpec spec = new JobSpec("job", 1, "m", Map.of(), 100, JobSpec.UNLIMITED);
        bench.on(new Event.CostMeasured("m", 0.1), new Event.JobSubmitted(JobState.submitted(spec)));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("of a job that is still decoded, all frames that are expected")
                .isCloseTo(10, within(1e-9));

        bench.on(new Event.ChunkReady(Bench.chunk("job", 0)), new Event.JobDecoded("job", 1));
        assertThat(bench.dispatcher.backlogCoreSeconds())
                .as("of a decoded one, what was written and not inferred")
                .isCloseTo(Bench.chunk("job", 0).frames() * 0.1, within(1e-9));

        bench.on(new Event.JobEnded("job"));
        assertThat(bench.dispatcher.backlogCoreSeconds()).isZero();
    }

    @Test
    void withoutAMeasuredCostNobodyIsRefused() {
        Bench bench = new Bench("edf");
        bench.on(Bench.beat("worker-0"));

        assertThat(bench.on(due("job", 1, 100, "0.001"))).noneMatch(c -> c instanceof Command.FailJob);
    }

    @Test
    void autoGivesItsReasonAndGoesByTheMeasuredSpeedup() {
        Bench bench = new Bench("auto");
        bench.on(Bench.beat("worker-0"), Bench.beat("worker-1"), new Event.CostMeasured("m", 0.1));
        bench.on(due("a", 1, 10, "60"), due("b", 2, 10, "60"));

        assertThat(bench.dispatcher.status().explanation().chosen().atATime()).isEqualTo(1);
        bench.on(new Event.SpeedupMeasured(new Speedup.Capped(1)));
        assertThat(bench.dispatcher.status().explanation().chosen().atATime()).isEqualTo(2);
    }

    @Test
    void anAnswerThatGrowsOldIsMadeAnewThoughNothingHappens() {
        Bench bench =
                new Bench("one-request-at-a-time", Map.of("order", "shortest-first", "aging", "10"), Settings.UNCAPPED);
        bench.on(Bench.beat("worker-0"), due("long", 1, 500, "999"), due("short", 2, 10, "999"));
        assertThat(head(bench)).isEqualTo("short");

        bench.pass(11_000, Bench.beat("worker-0"));

        assertThat(head(bench)).isEqualTo("long");
    }

    private static String head(Bench bench) {
        return bench.dispatcher.status().jobs().stream()
                .filter(j -> j.millicores() > 0)
                .findFirst()
                .orElseThrow()
                .job();
    }

    /** Two chunks of it are decoded, and more come. */
    private static Event due(String id, long arrival, long frames, String inS) {
        JobSpec spec = new JobSpec(id, arrival, "m", Map.of("deadline", inS), frames, JobSpec.UNLIMITED);
        return new Event.JobSubmitted(new JobState(spec, 2, false, Bench.chunks(id, 2), 0, 0));
    }
}
