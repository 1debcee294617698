package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.finished;
import static io.framequota.scheduler.dispatch.Bench.grants;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static io.framequota.scheduler.dispatch.Bench.revoked;
import static io.framequota.scheduler.dispatch.Bench.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Revocation of waiting grants that no longer match the allocation. */
class RevocationTest {
    private static final DispatchEvent ONE_AT_A_TIME =
            new DispatchEvent.PolicyChanged(Policies.installed().choose("one-request-at-a-time", Map.of()));

    private final Bench bench = new Bench("divide-and-conquer");

    @Test
    void changedOrderRevokesTheWaitingGrantAndWaitsForTheAnswer() {
        assertThat(grants(bench.on(beat("w"), bench.job("a", 5), bench.job("b", 5))))
                .containsExactly(ref("a", 0, 1), ref("b", 0, 1));

        assertThat(bench.on(ONE_AT_A_TIME)).containsExactly(new DispatchCommand.Revoke("w", ref("b", 0, 1)));
        assertThat(bench.on(beat("x")).stream()
                        .filter(c -> c instanceof DispatchCommand.Grant g
                                && g.chunk().job().equals("b")))
                .as("the chunk is not granted again until the worker has answered")
                .isEmpty();

        List<DispatchCommand> commands = bench.on(revoked("w", ref("b", 0, 1)));
        assertThat(grants(commands))
                .hasSize(1)
                .allSatisfy(g -> assertThat(g.job()).isEqualTo("a"));
    }

    @Test
    void grantThatStartedBeforeItsRevocationRuns() {
        bench.on(beat("w"), bench.job("a", 2), bench.job("b", 5));
        bench.on(ONE_AT_A_TIME);

        assertThat(bench.on(started("w", ref("b", 0, 1)))).isEmpty();
        bench.on(finished("w", ref("a", 0, 1)), finished("w", ref("b", 0, 1)));

        assertThat(bench.log.decisions())
                .filteredOn(d -> d.job().equals("b"))
                .first()
                .extracting(Decision::outcome)
                .isEqualTo(Decision.Outcome.FINISHED);
    }

    @Test
    void revocationIsSentAgain() {
        bench.on(beat("w"), bench.job("a", 5), bench.job("b", 5));
        bench.on(ONE_AT_A_TIME);

        assertThat(bench.pass(1_000, beat("w", ref("a", 0, 1), ref("b", 0, 1))))
                .containsExactly(new DispatchCommand.Revoke("w", ref("b", 0, 1)));
    }

    @Test
    void idleWorkerTakesOverAWaitingGrant() {
        bench.on(beat("w"), bench.job("a", 2));

        assertThat(bench.on(beat("x"))).containsExactly(new DispatchCommand.Revoke("w", ref("a", 1, 1)));
        List<DispatchCommand> commands = bench.on(revoked("w", ref("a", 1, 1)));

        assertThat(Bench.grant(commands).worker()).isEqualTo("x");
        assertThat(grants(commands)).containsExactly(ref("a", 1, 2));
    }

    @Test
    void arrivalUnderEqualSharesRevokesNothing() {
        bench.on(beat("w"), bench.job("a", 5));

        assertThat(bench.on(bench.job("b", 5))).isEmpty();
    }

    @Test
    void endedJobsGrantsAreDropped() {
        bench.on(beat("w"), bench.job("a", 5));

        List<DispatchCommand> commands = bench.on(new DispatchEvent.JobEnded("a"), bench.job("b", 5));

        assertThat(commands.getFirst()).isEqualTo(new DispatchCommand.DropJob("w", "a"));
        assertThat(grants(commands)).containsExactly(ref("b", 0, 1), ref("b", 1, 1));
    }
}
