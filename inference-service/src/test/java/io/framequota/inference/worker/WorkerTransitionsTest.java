package io.framequota.inference.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.Grant;
import io.framequota.inference.worker.GrantOutcome.Failed;
import io.framequota.inference.worker.GrantOutcome.Finished;
import io.framequota.inference.worker.GrantOutcome.Revoked;
import io.framequota.inference.worker.WorkerAction.Cancel;
import io.framequota.inference.worker.WorkerAction.Launch;
import io.framequota.inference.worker.WorkerAction.ReportEnd;
import io.framequota.inference.worker.WorkerAction.ReportLeaving;
import io.framequota.inference.worker.WorkerAction.ReportStarted;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerTransitionsTest {
    private static final Grant A = grant("a", 0, 1);
    private static final Grant B = grant("a", 1, 1);
    private static final Grant C = grant("b", 0, 1);

    private WorkerState state = WorkerTransitions.initial();

    @Test
    void oneGrantRunsAndOneWaits() {
        assertThat(when(new WorkerInput.Granted(1, A))).containsExactly(new Launch(1, A));
        assertThat(when(new WorkerInput.Granted(1, B))).isEmpty();
        assertThat(when(new WorkerInput.Granted(1, C))).isEmpty();

        assertThat(state.held()).extracting(WorkerGrant::grant).containsExactly(A, B);
        assertThat(when(done(1, A))).containsExactly(new Launch(1, B), new ReportEnd(key(A), new Finished(4)));
        assertThat(when(new WorkerInput.Granted(1, C))).isEmpty();
        assertThat(state.held()).extracting(WorkerGrant::grant).containsExactly(B, C);
    }

    @Test
    void nextGrantStartsWhenTheCurrentOneDrains() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.Granted(1, B));

        assertThat(when(new WorkerInput.Draining(1, key(A)))).containsExactly(new Launch(1, B));
        assertThat(when(new WorkerInput.Draining(1, key(A)))).isEmpty();
        assertThat(when(new WorkerInput.Draining(1, key(B)))).isEmpty();
        assertThat(when(first(1, B, 77))).containsExactly(new ReportStarted(key(B), 77));
        assertThat(when(new WorkerInput.RevokeRequested(1, key(B)))).containsExactly(new ReportStarted(key(B), 77));
        // It may even end first.
        assertThat(when(new WorkerInput.Broken(1, key(B), "gone", false)))
                .containsExactly(new ReportEnd(key(B), new Failed("gone", false)));
        assertThat(state.held()).extracting(WorkerGrant::grant).containsExactly(A);
    }

    @Test
    void revokeIsAnsweredWithTheStateOfTheGrant() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.Granted(1, B));
        when(first(1, A, 5));

        assertThat(when(new WorkerInput.RevokeRequested(1, key(A)))).containsExactly(new ReportStarted(key(A), 5));
        assertThat(when(new WorkerInput.RevokeRequested(1, key(B))))
                .containsExactly(new ReportEnd(key(B), new Revoked()));
        assertThat(when(new WorkerInput.RevokeRequested(1, key(C))))
                .containsExactly(new ReportEnd(key(C), new Revoked()));
        // The grant of C arrives late and must not run any more.
        assertThat(when(new WorkerInput.Granted(1, C))).containsExactly(new ReportEnd(key(C), new Revoked()));
        when(done(1, A));
        assertThat(when(new WorkerInput.RevokeRequested(1, key(A))))
                .containsExactly(new ReportEnd(key(A), new Finished(4)));
    }

    @Test
    void launchedGrantWithoutAFrameCanBeRevoked() {
        when(new WorkerInput.Granted(1, A));

        assertThat(when(new WorkerInput.RevokeRequested(1, key(A))))
                .containsExactly(new Cancel(1, key(A)), new ReportEnd(key(A), new Revoked()));
        assertThat(when(first(1, A, 5))).isEmpty();
        assertThat(when(done(1, A))).isEmpty();
    }

    @Test
    void grantSentAgainChangesNothing() {
        when(new WorkerInput.Granted(1, A));
        assertThat(when(new WorkerInput.Granted(1, A))).isEmpty();
        when(first(1, A, 5));
        assertThat(when(new WorkerInput.Granted(1, A))).isEmpty();
        when(done(1, A));
        assertThat(when(new WorkerInput.Granted(1, A))).containsExactly(new ReportEnd(key(A), new Finished(4)));
        // Another attempt is another grant.
        assertThat(when(new WorkerInput.Granted(1, grant("a", 0, 2)))).containsExactly(new Launch(1, grant("a", 0, 2)));
    }

    @Test
    void higherEpochDropsHeldGrantsAndLowerOnesAreIgnored() {
        when(new WorkerInput.Granted(3, A));
        when(new WorkerInput.Granted(3, B));

        assertThat(when(new WorkerInput.Granted(2, C))).isEmpty();
        assertThat(when(new WorkerInput.RevokeRequested(2, key(A)))).isEmpty();
        assertThat(when(new WorkerInput.JobDropped(2, "a"))).isEmpty();
        assertThat(when(new WorkerInput.Led(4))).containsExactly(new Cancel(3, key(A)));
        assertThat(state).isInstanceOf(WorkerState.Idle.class);
        assertThat(when(done(3, A))).isEmpty();
        // The new leader may grant the same chunk again.
        assertThat(when(new WorkerInput.Granted(4, A))).containsExactly(new Launch(4, A));
        assertThat(when(done(3, A))).isEmpty();
        assertThat(when(done(4, A))).containsExactly(new ReportEnd(key(A), new Finished(4)));
    }

    @Test
    void droppedJobIsNotReported() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.Granted(1, C));

        assertThat(when(new WorkerInput.JobDropped(1, "a"))).containsExactly(new Cancel(1, key(A)), new Launch(1, C));
        assertThat(when(new WorkerInput.Granted(1, A))).isEmpty();
        assertThat(state.held()).extracting(WorkerGrant::grant).containsExactly(C);
    }

    @Test
    void droppingAJobDropsItsWaitingGrantToo() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.Granted(1, B));

        assertThat(when(new WorkerInput.JobDropped(1, "a"))).containsExactly(new Cancel(1, key(A)));
        assertThat(state).isInstanceOf(WorkerState.Idle.class);
        assertThat(when(new WorkerInput.Granted(1, B))).isEmpty();
        assertThat(when(new WorkerInput.Granted(1, C))).containsExactly(new Launch(1, C));
    }

    @Test
    void leavingReturnsTheWaitingGrantAndFinishesTheRunningOne() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.Granted(1, B));

        assertThat(when(new WorkerInput.LeaveRequested())).containsExactly(new ReportEnd(key(B), new Revoked()));
        assertThat(when(new WorkerInput.Granted(1, C))).containsExactly(new ReportEnd(key(C), new Revoked()));
        assertThat(when(done(1, A))).containsExactly(new ReportEnd(key(A), new Finished(4)), new ReportLeaving());
        assertThat(when(new WorkerInput.LeaveTimedOut())).isEmpty();
    }

    @Test
    void leavingEndsAtTheTimeout() {
        when(new WorkerInput.Granted(1, A));
        when(new WorkerInput.LeaveRequested());

        assertThat(when(new WorkerInput.LeaveTimedOut())).containsExactly(new Cancel(1, key(A)), new ReportLeaving());
        assertThat(when(done(1, A))).isEmpty();
    }

    @Test
    void idleWorkerLeavesImmediately() {
        assertThat(when(new WorkerInput.LeaveRequested())).containsExactly(new ReportLeaving());
    }

    private List<WorkerAction> when(WorkerInput input) {
        WorkerTransitions.Step step = WorkerTransitions.apply(state, input);
        state = step.state();
        return new ArrayList<>(step.actions());
    }

    static Grant grant(String job, int chunk, int attempt) {
        return Grant.newBuilder()
                .setChunk(Chunk.newBuilder().setJob(job).setIndex(chunk).setFrames(4))
                .setAttempt(attempt)
                .build();
    }

    static GrantKey key(Grant grant) {
        return GrantKey.of(grant);
    }

    private static WorkerInput done(long epoch, Grant grant) {
        return new WorkerInput.Done(epoch, key(grant), 4);
    }

    private static WorkerInput first(long epoch, Grant grant, long atUs) {
        return new WorkerInput.FirstFrame(epoch, key(grant), atUs);
    }
}
