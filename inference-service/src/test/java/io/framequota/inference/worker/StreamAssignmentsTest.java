package io.framequota.inference.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.LiveGrant;
import io.framequota.inference.worker.StreamAssignments.Assignment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamAssignmentsTest {
    private static final LiveGrant A = grant("a", 100);

    @Test
    void aGrantSentAgainTakesOverEpochAndMillicores() {
        StreamAssignments held = after(live(1, "w", A), live(2, "w", grant("a", 200)));

        assertThat(held.streams()).isEqualTo(Map.of("a", new Assignment(2, grant("a", 200))));
    }

    @Test
    void aNewLeaderEndsNoStream() {
        StreamAssignments held =
                after(live(1, "w", A), Command.newBuilder().setEpoch(2).setLead(true));

        assertThat(held.streams()).containsEntry("a", new Assignment(1, A));
    }

    @Test
    void aStreamEndsWhereItIsStoppedDroppedOrGrantedToAnother() {
        for (Command.Builder end : List.of(
                Command.newBuilder().setEpoch(1).setWorker("w").setLiveStop("a"),
                Command.newBuilder().setEpoch(1).setLiveStop("a"),
                Command.newBuilder().setEpoch(1).setDropJob("a"),
                live(1, "other", A),
                live(2, "other", A))) {
            assertThat(after(live(1, "w", A), live(1, "w", grant("b", 1)), end).streams())
                    .as(end.toString())
                    .containsOnlyKeys("b");
        }
    }

    @Test
    void commandsForOtherWorkersAndJobsChangeNothing() {
        StreamAssignments held = after(
                live(1, "w", A),
                live(1, "other", grant("b", 1)),
                Command.newBuilder().setEpoch(1).setWorker("other").setLiveStop("a"),
                Command.newBuilder().setEpoch(1).setDropJob("b"));

        assertThat(held.streams()).containsOnlyKeys("a");
    }

    static LiveGrant grant(String job, int millicores) {
        return LiveGrant.newBuilder()
                .setJob(job)
                .setModel("m")
                .setMillicores(millicores)
                .build();
    }

    static Command.Builder live(long epoch, String worker, LiveGrant grant) {
        return Command.newBuilder().setEpoch(epoch).setWorker(worker).setLive(grant);
    }

    private static StreamAssignments after(Command.Builder... commands) {
        StreamAssignments held = StreamAssignments.NONE;
        for (Command.Builder command : commands) {
            held = held.after(command.build(), "w");
        }
        return held;
    }
}
