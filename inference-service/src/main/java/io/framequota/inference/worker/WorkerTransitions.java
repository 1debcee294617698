package io.framequota.inference.worker;

import io.framequota.inference.worker.WorkerGrant.Launched;
import io.framequota.inference.worker.WorkerGrant.Queued;
import io.framequota.inference.worker.WorkerGrant.Started;
import io.framequota.inference.worker.WorkerInput.Order;
import io.framequota.inference.worker.WorkerInput.Progress;
import io.framequota.inference.worker.WorkerState.Leaving;
import io.framequota.inference.worker.WorkerState.Left;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state machine of a worker, a pure function. Its invariants:
 *
 * <ul>
 *   <li>Commands with an epoch below the highest one seen change nothing; a higher epoch drops all grants of lower ones.
 *   <li>A grant ends with exactly one {@link GrantOutcome}. A grant sent again is answered with that outcome and not run again.
 *   <li>The next grant starts only when the current one is draining or has ended.
 * </ul>
 */
public final class WorkerTransitions {

    /** The next state and the actions to take, in order. */
    public record Step(WorkerState state, List<WorkerAction> actions) {}

    private WorkerState state;
    private final List<WorkerAction> actions = new ArrayList<>();

    private WorkerTransitions(WorkerState state) {
        this.state = state;
    }

    /** The state of a worker that has just started. */
    public static WorkerState initial() {
        return new WorkerState.Idle(0, RecentOutcomes.NONE);
    }

    public static Step apply(WorkerState state, WorkerInput input) {
        WorkerTransitions t = new WorkerTransitions(state);
        switch (input) {
            case Order order -> t.order(order);
            case Progress progress -> t.progress(progress);
            case WorkerInput.LeaveRequested _ -> t.leave();
            case WorkerInput.LeaveTimedOut _ -> t.giveUp();
        }
        if (t.state instanceof Leaving leaving && leaving.active().isEmpty()) {
            t.state = new Left(leaving.epoch(), leaving.ended());
            t.actions.add(new WorkerAction.ReportLeaving());
        }
        return new Step(t.state, List.copyOf(t.actions));
    }

    private void order(Order order) {
        if (order.epoch() < state.epoch()) {
            return;
        }
        if (order.epoch() > state.epoch()) {
            enterEpoch(order.epoch());
        }
        switch (order) {
            case WorkerInput.Granted granted -> grant(new Queued(granted.grant()));
            case WorkerInput.RevokeRequested revoke -> revoke(revoke.key());
            case WorkerInput.JobDropped drop -> dropJob(drop.job());
            case WorkerInput.Led _ -> {}
        }
    }

    private void enterEpoch(long epoch) {
        state.held().forEach(this::cancel);
        state = state.with(epoch, RecentOutcomes.NONE, List.of());
    }

    private void grant(Queued grant) {
        if (held(grant.key()).isPresent()) {
            return;
        }
        Optional<GrantOutcome> before = state.ended().of(grant.key());
        if (before.isPresent()) {
            answer(grant.key(), before.get());
        } else if (state instanceof Leaving || state instanceof Left) {
            end(grant, new GrantOutcome.Revoked());
        } else if (state.held().size() < 2) {
            List<WorkerGrant> held = new ArrayList<>(state.held());
            held.add(grant);
            settle(state.ended(), held);
        }
        // Otherwise the grant is not accepted: the scheduler sends it again until a heartbeat shows it.
    }

    private void revoke(GrantKey key) {
        Optional<WorkerGrant> held = held(key);
        if (held.isEmpty()) {
            GrantOutcome outcome = state.ended().of(key).orElseGet(GrantOutcome.Revoked::new);
            state = state.with(state.epoch(), state.ended().with(key, outcome), state.held());
            answer(key, outcome);
        } else if (held.get() instanceof Started started) {
            actions.add(new WorkerAction.ReportStarted(key, started.firstFrameAtUs()));
        } else {
            cancel(held.get());
            end(held.get(), new GrantOutcome.Revoked());
        }
    }

    private void dropJob(String job) {
        RecentOutcomes ended = state.ended();
        List<WorkerGrant> rest = new ArrayList<>();
        for (WorkerGrant held : state.held()) {
            if (held.key().job().equals(job)) {
                cancel(held);
                ended = ended.with(held.key(), new GrantOutcome.Dropped());
            } else {
                rest.add(held);
            }
        }
        // All grants of the job go at once, so that the waiting one is not launched when the running one is dropped.
        settle(ended, rest);
    }

    private void progress(Progress progress) {
        if (progress.epoch() != state.epoch()) {
            return;
        }
        Optional<WorkerGrant> held = held(progress.key());
        if (held.isEmpty()) {
            return;
        }
        switch (progress) {
            case WorkerInput.FirstFrame first -> {
                if (held.get() instanceof Launched launched) {
                    replace(launched, launched.started(first.atUs()));
                    actions.add(new WorkerAction.ReportStarted(first.key(), first.atUs()));
                }
            }
            case WorkerInput.Draining _ -> {
                if (held.get().equals(state.held().getFirst()) && state.held().getLast() instanceof Queued next) {
                    launch(next);
                }
            }
            case WorkerInput.Done done -> end(held.get(), new GrantOutcome.Finished(done.frames()));
            case WorkerInput.Broken broken ->
                end(held.get(), new GrantOutcome.Failed(broken.cause(), broken.permanent()));
        }
    }

    private void leave() {
        for (WorkerGrant held : state.held()) {
            if (held instanceof Queued) {
                end(held, new GrantOutcome.Revoked());
            }
        }
        if (!(state instanceof Left)) {
            state = WorkerState.leaving(state.epoch(), state.ended(), state.held());
        }
    }

    private void giveUp() {
        state.held().forEach(this::cancel);
        if (!(state instanceof Left)) {
            state = WorkerState.leaving(state.epoch(), state.ended(), List.of());
        }
    }

    private Optional<WorkerGrant> held(GrantKey key) {
        return state.held().stream().filter(h -> h.key().equals(key)).findFirst();
    }

    private void end(WorkerGrant held, GrantOutcome outcome) {
        List<WorkerGrant> rest = new ArrayList<>(state.held());
        rest.remove(held);
        settle(state.ended().with(held.key(), outcome), rest);
        answer(held.key(), outcome);
    }

    /** Enters the state with these grants and launches the first one if it waits. */
    private void settle(RecentOutcomes ended, List<WorkerGrant> held) {
        if (!held.isEmpty() && held.getFirst() instanceof Queued first) {
            held.set(0, first.launch());
            actions.add(new WorkerAction.Launch(state.epoch(), first.grant()));
        }
        state = state.with(state.epoch(), ended, held);
    }

    private void launch(Queued next) {
        replace(next, next.launch());
        actions.add(new WorkerAction.Launch(state.epoch(), next.grant()));
    }

    private void replace(WorkerGrant held, WorkerGrant by) {
        List<WorkerGrant> all = new ArrayList<>(state.held());
        all.set(all.indexOf(held), by);
        state = state.with(state.epoch(), state.ended(), all);
    }

    private void cancel(WorkerGrant held) {
        if (held instanceof WorkerGrant.Active) {
            actions.add(new WorkerAction.Cancel(state.epoch(), held.key()));
        }
    }

    private void answer(GrantKey key, GrantOutcome outcome) {
        if (!(outcome instanceof GrantOutcome.Dropped)) {
            actions.add(new WorkerAction.ReportEnd(key, outcome));
        }
    }
}
