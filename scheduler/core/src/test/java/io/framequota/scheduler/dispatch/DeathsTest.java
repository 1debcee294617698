package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static io.framequota.scheduler.dispatch.Bench.started;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as the death of a worker, and what does not. */
class DeathsTest {
    private final Bench bench = new Bench("one-core-per-request");

    private void runsAChunk() {
        bench.on(beat("w"), bench.job("a", 3));
        bench.after(10, started("w", ref("a", 0, 1)), beat("w", ref("a", 0, 1), ref("a", 1, 1)));
    }

    private static List<DispatchCommand> deaths(List<DispatchCommand> commands) {
        return commands.stream()
                .filter(c -> c instanceof DispatchCommand.KeepDeaths)
                .toList();
    }

    @Test
    void aSilentWorkerCountsAsDeadUntilItComesBack() {
        runsAChunk();

        assertThat(deaths(bench.pass(3_000))).containsExactly(new DispatchCommand.KeepDeaths("a", 0, 1));
        assertThat(deaths(bench.after(100, beat("w", ref("a", 0, 1), ref("a", 1, 1)))))
                .containsExactly(new DispatchCommand.KeepDeaths("a", 0, 0));
    }

    @Test
    void anotherInstanceShowsThatTheFirstDied() {
        runsAChunk();

        List<DispatchCommand> commands =
                new ArrayList<>(bench.after(100, Bench.beat(new WorkerId("w", "w-2"), Bench.EPOCH, null, null)));
        commands.addAll(bench.after(200, new DispatchEvent.Tick()));
        commands.addAll(bench.after(200, new DispatchEvent.Tick()));

        assertThat(deaths(commands)).containsExactly(new DispatchCommand.KeepDeaths("a", 0, 1));
        assertThat(Bench.grants(commands))
                .as("the suspect, and nothing beside it")
                .containsExactly(ref("a", 0, 2));
    }

    @Test
    void aWorkerThatLeavesHasNotDied() {
        runsAChunk();

        bench.after(100, new DispatchEvent.Leaving(Bench.id("w"), Bench.EPOCH));
        List<DispatchCommand> commands =
                bench.after(100, Bench.beat(new WorkerId("w", "w-2"), Bench.EPOCH, null, null));

        assertThat(deaths(commands)).isEmpty();
        assertThat(Bench.grants(commands)).hasSize(2);
    }
}
