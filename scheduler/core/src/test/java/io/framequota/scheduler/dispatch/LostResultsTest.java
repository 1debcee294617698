package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.chunks;
import static io.framequota.scheduler.dispatch.Bench.finished;
import static io.framequota.scheduler.dispatch.Bench.grants;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Results that a worker sent and that never reached the authority. */
class LostResultsTest {
    private static final DispatchEvent.Heartbeat WORKER = beat("w");

    private final Bench bench = new Bench("divide-and-conquer");
    private final JobDescriptor descriptor = bench.descriptor("a");

    /** Runs and finishes one chunk, without a commit by the authority. */
    private void finish() {
        bench.on(WORKER, new DispatchEvent.JobSubmitted(state()));
        bench.on(finished("w", ref("a", 0, 1)));
    }

    private BacklogJob state() {
        return new BacklogJob(descriptor, 1, true, chunks("a", 1), 0, 0);
    }

    private List<DispatchCommand> backlog() {
        return bench.on(new DispatchEvent.BacklogRead(List.of(state()), 1));
    }

    @Test
    void lateResultIsRequestedAndItsChunkRunsAgainIfStillMissing() {
        finish();
        bench.pass(14_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isFalse();
        assertThat(grants(backlog())).as("the result may be in flight").isEmpty();

        bench.pass(2_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isTrue();
        assertThat(grants(backlog()))
                .as("the authority may have been unavailable")
                .isEmpty();
        bench.pass(14_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isFalse();
        bench.pass(2_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isTrue();

        assertThat(grants(backlog())).containsExactly(ref("a", 0, 2));
        assertThat(bench.dispatcher.status().jobs())
                .singleElement()
                .extracting(DispatcherStatus.JobShare::frames)
                .as("frames with a lost result do not count")
                .isEqualTo(0L);

        bench.on(
                finished("w", ref("a", 0, 2)),
                new DispatchEvent.ChunkCommitted("a", 0),
                new DispatchEvent.JobEnded("a"));
        assertThat(bench.dispatcher.status().jobs()).isEmpty();
    }

    @Test
    void repeatedLossDoublesTheWaitingTime() {
        finish();
        lose(15_000);
        bench.on(finished("w", ref("a", 0, 2)));

        bench.pass(29_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isFalse();
        bench.pass(2_000, WORKER);
        assertThat(bench.dispatcher.missesResults()).isTrue();
    }

    @Test
    void lateResultEndsTheSecondAttempt() {
        finish();
        lose(15_000);

        bench.on(new DispatchEvent.ChunkCommitted("a", 0));
        assertThat(bench.pass(60_000, beat("w", ref("a", 0, 2)))).isEmpty();
        assertThat(bench.dispatcher.missesResults()).isFalse();
    }

    @Test
    void backlogReadForAnotherReasonLosesNothing() {
        finish();
        assertThat(grants(backlog())).isEmpty();
        bench.after(5_000, WORKER);
        assertThat(grants(backlog())).isEmpty();
    }

    private void lose(long patience) {
        bench.pass(patience + 400, WORKER);
        backlog();
        bench.pass(patience + 400, WORKER);
        assertThat(grants(backlog())).hasSize(1);
    }
}
