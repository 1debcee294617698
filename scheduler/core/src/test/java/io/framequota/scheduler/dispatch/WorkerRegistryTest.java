package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.failed;
import static io.framequota.scheduler.dispatch.Bench.finished;
import static io.framequota.scheduler.dispatch.Bench.grants;
import static io.framequota.scheduler.dispatch.Bench.id;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static io.framequota.scheduler.dispatch.Bench.revoked;
import static io.framequota.scheduler.dispatch.Bench.started;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Grants of workers that vanish, fail, return or give grants back. */
class WorkerRegistryTest {
    private final Bench bench = new Bench("one-request-at-a-time");

    @Test
    void workerGetsOneRunningAndOneWaitingGrant() {
        List<DispatchCommand> commands = bench.on(beat("w"), bench.job("a", 5));

        assertThat(grants(commands)).containsExactly(ref("a", 0, 1), ref("a", 1, 1));
        DispatchCommand.Grant grant = Bench.grant(commands);
        assertThat(grant.chunk()).isEqualTo(Bench.chunk("a", 0));
        assertThat(grant.millicores()).isEqualTo(1000);
        assertThat(grant.decidedAtUs()).isEqualTo(bench.nowMs * 1000);
    }

    @Test
    void silentWorkersChunksAreGrantedAgainWithoutAFailure() {
        bench.on(beat("w"), bench.job("a", 2));
        bench.on(started("w", ref("a", 0, 1)));

        bench.pass(1_800);
        assertThat(bench.dispatcher.status().workers()).hasSize(1);
        bench.pass(400);
        assertThat(bench.dispatcher.status().workers()).isEmpty();

        assertThat(grants(bench.on(beat("x"))))
                .as("the chunk that did not run when the worker became silent")
                .containsExactly(ref("a", 1, 2));
        assertThat(grants(bench.on(finished("x", ref("a", 1, 2)))))
                .as("the one that ran, alone")
                .containsExactly(ref("a", 0, 2));
        bench.on(finished("x", ref("a", 0, 2)));
        assertThat(bench.dispatcher.status().jobs()).isEmpty();
    }

    @Test
    void newProcessOfAWorkerHoldsNoOldGrants() {
        bench.on(beat("w"), bench.job("a", 1));

        List<DispatchCommand> commands = bench.on(beat(new WorkerId("w", "w-2"), Bench.EPOCH, null, null));

        assertThat(grants(commands)).containsExactly(ref("a", 0, 2));
        assertThat(bench.on(beat("w", ref("a", 0, 1))))
                .as("a late report of the old process")
                .isEmpty();
        assertThat(bench.dispatcher.status().workers())
                .singleElement()
                .satisfies(w -> assertThat(w.id().instance()).isEqualTo("w-2"));
    }

    @Test
    void leavingWorkersGrantsAreFreeAtOnce() {
        bench.on(beat("w"), bench.job("a", 2), beat("x"));

        List<DispatchCommand> commands = bench.on(new DispatchEvent.Leaving(id("w"), Bench.EPOCH));

        assertThat(grants(commands))
                .hasSize(1)
                .allSatisfy(g -> assertThat(g.attempt()).isEqualTo(2));
    }

    @Test
    void returningWorkerKeepsAGrantThatNoOtherWorkerGot() {
        bench.on(beat("w"), bench.job("a", 1));
        bench.on(started("w", ref("a", 0, 1)));
        bench.pass(2_400);

        assertThat(grants(bench.on(beat("w", ref("a", 0, 1))))).isEmpty();

        bench.on(finished("w", ref("a", 0, 1)));
        assertThat(bench.dispatcher.status().jobs()).isEmpty();
    }

    @Test
    void returningWorkersResultCountsEvenIfGrantedElsewhere() {
        bench.on(beat("v"), beat("w"), bench.job("a", 4));
        bench.pass(2_400);
        assertThat(grants(bench.on(beat("x")))).containsExactly(ref("a", 2, 2), ref("a", 3, 2));

        // w returns and finishes its first attempt of chunk 3.
        List<DispatchCommand> commands = bench.on(finished("w", ref("a", 3, 1)));

        assertThat(commands)
                .as("the waiting second attempt is revoked")
                .contains(new DispatchCommand.Revoke("x", ref("a", 3, 2)));
    }

    @Test
    void failedChunkRestsAndPrefersAnotherWorker() {
        bench.on(beat("w"), beat("x"), bench.job("a", 1));
        assertThat(bench.on(failed("w", ref("a", 0, 1), false))).isEmpty();

        List<DispatchCommand> commands = bench.pass(1_200, beat("w"), beat("x"));

        assertThat(commands).singleElement().satisfies(c -> {
            assertThat(((DispatchCommand.Grant) c).worker()).isEqualTo("x");
            assertThat(((DispatchCommand.Grant) c).attempt()).isEqualTo(2);
        });
    }

    @Test
    void threeFailedAttemptsFailTheJobAndDropItsGrants() {
        bench.on(beat("w"), bench.job("a", 2));
        for (int attempt = 1; attempt <= 2; attempt++) {
            bench.on(failed("w", ref("a", 0, attempt), false));
            bench.pass(2_400, beat("w", ref("a", 1, 1)));
        }

        List<DispatchCommand> commands = bench.on(failed("w", ref("a", 0, 3), false));

        assertThat(commands)
                .containsExactly(
                        new DispatchCommand.FailJob("a", "chunk 0 (from frame 0) failed 3 times, last on w: no"),
                        new DispatchCommand.DropJob("w", "a"));
        assertThat(bench.pass(2_400, beat("w")))
                .as("sent again until the authority confirms the end")
                .containsOnly(new DispatchCommand.FailJob("a", "chunk 0 (from frame 0) failed 3 times, last on w: no"))
                .isNotEmpty();
        bench.on(new DispatchEvent.JobEnded("a"));
        assertThat(bench.pass(2_400, beat("w"))).isEmpty();
    }

    @Test
    void permanentFailureFailsTheJobAtOnce() {
        bench.on(beat("w"), bench.job("a", 1));

        assertThat(bench.on(failed("w", ref("a", 0, 1), true)))
                .containsExactly(
                        new DispatchCommand.FailJob("a", "chunk 0 (from frame 0) failed permanently, last on w: no"));
    }

    @Test
    void grantIsSentAgainUntilAHeartbeatShowsItOrItCountsAsLost() {
        bench.on(beat("w"), bench.job("a", 1));

        List<DispatchCommand> again = bench.pass(1_000, beat("w"));
        assertThat(grants(again)).containsExactly(ref("a", 0, 1));
        assertThat(bench.pass(3_000, beat("w", ref("a", 0, 1)))).isEmpty();

        List<DispatchCommand> lost = bench.pass(8_200, beat("w"));
        assertThat(grants(lost)).contains(ref("a", 0, 1)).endsWith(ref("a", 0, 2));
    }

    @Test
    void workerThatReturnsAGrantUnaskedRests() {
        bench.on(beat("w"), bench.job("a", 1));

        assertThat(bench.on(revoked("w", ref("a", 0, 1)))).isEmpty();
        assertThat(bench.pass(800, beat("w"))).isEmpty();
        assertThat(grants(bench.pass(400, beat("w")))).containsExactly(ref("a", 0, 2));
    }

    @Test
    void workerThatIsNotReadyOrLacksTheModelGetsNoGrants() {
        DispatchEvent.Heartbeat notReady =
                new DispatchEvent.Heartbeat(id("w"), Bench.EPOCH, Bench.info(false), null, null);
        WorkerInfo other = new WorkerInfo(true, 1, Set.of("other"), "raw", "test");

        assertThat(bench.on(notReady, bench.job("a", 1))).isEmpty();
        assertThat(bench.on(new DispatchEvent.Heartbeat(id("x"), Bench.EPOCH, other, null, null)))
                .isEmpty();
        assertThat(grants(bench.on(beat("w")))).containsExactly(ref("a", 0, 1));
    }

    @Test
    void reportsUnderAnOlderEpochAreIgnored() {
        bench.on(beat("w"), bench.job("a", 1));

        bench.on(new DispatchEvent.Finished(id("w"), Bench.EPOCH - 1, ref("a", 0, 1), 10, 0));

        assertThat(bench.dispatcher.status().jobs()).hasSize(1);
    }

    @Test
    void workerWithANewerEpochEndsTheLeadership() {
        assertThat(bench.dispatcher.superseded()).isFalse();

        bench.on(beat(id("w"), Bench.EPOCH + 1, null, null));

        assertThat(bench.dispatcher.superseded()).isTrue();
    }

    @Test
    void grantsOfAnUnknownJobAreDropped() {
        assertThat(bench.on(beat("w", ref("gone", 0, 1)))).containsExactly(new DispatchCommand.DropJob("w", "gone"));
    }

    @Test
    void pauseOfTheSchedulerLosesNoWorker() {
        bench.on(beat("w"), bench.job("a", 1));
        bench.on(new DispatchEvent.Tick());

        assertThat(bench.after(10_000, new DispatchEvent.Tick())).isEmpty();

        assertThat(bench.dispatcher.status().workers()).hasSize(1);
    }

    @Test
    void budgetLimitsTheActiveWorkers() {
        Bench small = new Bench("divide-and-conquer", 1000);
        List<DispatchCommand> commands = small.on(beat("w"), beat("x"), small.job("a", 5), small.job("b", 5));

        assertThat(commands)
                .hasSize(2)
                .allSatisfy(
                        c -> assertThat(((DispatchCommand.Grant) c).worker()).isEqualTo("w"));
        assertThat(small.dispatcher.status().budget()).isEqualTo(1000);
        assertThat(small.dispatcher.status().jobs())
                .extracting(DispatcherStatus.JobShare::millicores)
                .containsExactly(500.0, 500.0);

        assertThat(grants(small.on(new DispatchEvent.Leaving(id("w"), Bench.EPOCH))))
                .as("the other worker takes its place")
                .hasSize(2);
    }

    @Test
    void budgetBelowOneCoreUsesOneWorker() {
        Bench small = new Bench("divide-and-conquer", 400);

        DispatchCommand.Grant grant = Bench.grant(small.on(beat("w"), beat("x"), small.job("a", 5)));

        assertThat(grant.millicores()).isEqualTo(400);
    }
}
