package io.framequota.inference.control;

import io.framequota.inference.control.Held.Launched;
import io.framequota.inference.control.Held.Queued;
import io.framequota.inference.control.Held.Started;
import io.framequota.inference.control.Input.Order;
import io.framequota.inference.control.Input.Progress;
import io.framequota.inference.control.WorkerState.Leaving;
import io.framequota.inference.control.WorkerState.Left;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a worker does about what happens to it: a pure function. It keeps that
 *
 * <ul>
 *   <li>commands below the highest epoch seen change nothing, and a higher epoch drops all that lower ones granted;
 *   <li>a grant ends in exactly one {@link Outcome}, and one sent again is answered as before and not run again;
 *   <li>the next grant begins only when the current one is draining or has ended.
 * </ul>
 */
public final class Transitions {

    /** A new state and what to do, in order. */
    public record Step(WorkerState state, List<Action> actions) {}

    private WorkerState state;
    private final List<Action> actions = new ArrayList<>();

    private Transitions(WorkerState state) {
        this.state = state;
    }

    /** The state of a worker that has just started. */
    public static WorkerState initial() {
        return new WorkerState.Idle(0, Ended.NONE);
    }

    /** The step from a state. */
    public static Step apply(WorkerState state, Input input) {
        Transitions t = new Transitions(state);
        switch (input) {
            case Order order -> t.order(order);
            case Progress progress -> t.progress(progress);
            case Input.LeaveAsked _ -> t.leave();
            case Input.TimeIsUp _ -> t.giveUp();
        }
        if (t.state instanceof Leaving leaving && leaving.active().isEmpty()) {
            t.state = new Left(leaving.epoch(), leaving.ended());
            t.actions.add(new Action.ReportLeaving());
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
            case Input.Granted granted -> grant(new Queued(granted.grant()));
            case Input.RevokeAsked revoke -> revoke(revoke.key());
            case Input.JobDropped drop -> dropJob(drop.job());
            case Input.Led _ -> {}
        }
    }

    private void enterEpoch(long epoch) {
        state.held().forEach(this::cancel);
        state = state.with(epoch, Ended.NONE, List.of());
    }

    private void grant(Queued grant) {
        if (held(grant.key()).isPresent()) {
            return;
        }
        Optional<Outcome> before = state.ended().of(grant.key());
        if (before.isPresent()) {
            answer(grant.key(), before.get());
        } else if (state instanceof Leaving || state instanceof Left) {
            end(grant, new Outcome.Revoked());
        } else if (state.held().size() < 2) {
            List<Held> held = new ArrayList<>(state.held());
            held.add(grant);
            settle(state.ended(), held);
        }
        // Else it is not taken: the scheduler sends it again until a heartbeat shows it.
    }

    private void revoke(GrantKey key) {
        Optional<Held> held = held(key);
        if (held.isEmpty()) {
            Outcome outcome = state.ended().of(key).orElseGet(Outcome.Revoked::new);
            state = state.with(state.epoch(), state.ended().with(key, outcome), state.held());
            answer(key, outcome);
        } else if (held.get() instanceof Started started) {
            actions.add(new Action.ReportStarted(key, started.firstFrameAtUs()));
        } else {
            cancel(held.get());
            end(held.get(), new Outcome.Revoked());
        }
    }

    private void dropJob(String job) {
        Ended ended = state.ended();
        List<Held> rest = new ArrayList<>();
        for (Held held : state.held()) {
            if (held.key().job().equals(job)) {
                cancel(held);
                ended = ended.with(held.key(), new Outcome.Dropped());
            } else {
                rest.add(held);
            }
        }
        // Once, when all of the job are gone: its waiting grant is not launched in place of its running one.
        settle(ended, rest);
    }

    private void progress(Progress progress) {
        if (progress.epoch() != state.epoch()) {
            return;
        }
        Optional<Held> held = held(progress.key());
        if (held.isEmpty()) {
            return;
        }
        switch (progress) {
            case Input.FirstFrame first -> {
                if (held.get() instanceof Launched launched) {
                    replace(launched, launched.started(first.atUs()));
                    actions.add(new Action.ReportStarted(first.key(), first.atUs()));
                }
            }
            case Input.Draining _ -> {
                if (held.get().equals(state.held().getFirst()) && state.held().getLast() instanceof Queued next) {
                    launch(next);
                }
            }
            case Input.Done done -> end(held.get(), new Outcome.Finished(done.frames()));
            case Input.Broken broken -> end(held.get(), new Outcome.Failed(broken.cause(), broken.permanent()));
        }
    }

    private void leave() {
        for (Held held : state.held()) {
            if (held instanceof Queued) {
                end(held, new Outcome.Revoked());
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

    private Optional<Held> held(GrantKey key) {
        return state.held().stream().filter(h -> h.key().equals(key)).findFirst();
    }

    private void end(Held held, Outcome outcome) {
        List<Held> rest = new ArrayList<>(state.held());
        rest.remove(held);
        settle(state.ended().with(held.key(), outcome), rest);
        answer(held.key(), outcome);
    }

    /** Goes to the state that holds these, launching the first when it waits. */
    private void settle(Ended ended, List<Held> held) {
        if (!held.isEmpty() && held.getFirst() instanceof Queued first) {
            held.set(0, first.launch());
            actions.add(new Action.Launch(state.epoch(), first.grant()));
        }
        state = state.with(state.epoch(), ended, held);
    }

    private void launch(Queued next) {
        replace(next, next.launch());
        actions.add(new Action.Launch(state.epoch(), next.grant()));
    }

    private void replace(Held held, Held by) {
        List<Held> all = new ArrayList<>(state.held());
        all.set(all.indexOf(held), by);
        state = state.with(state.epoch(), state.ended(), all);
    }

    private void cancel(Held held) {
        if (held instanceof Held.Active) {
            actions.add(new Action.Cancel(state.epoch(), held.key()));
        }
    }

    private void answer(GrantKey key, Outcome outcome) {
        if (!(outcome instanceof Outcome.Dropped)) {
            actions.add(new Action.ReportEnd(key, outcome));
        }
    }
}
