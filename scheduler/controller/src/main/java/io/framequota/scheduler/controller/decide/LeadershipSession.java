package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatchRecorder;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.List;
import java.util.function.Consumer;

/** One leadership: its epoch, its dispatcher, and everything that was learnt and decided in it, for a replay. */
public final class LeadershipSession implements Role {
    private final long epoch;
    private final Dispatcher dispatcher;
    private final DispatchRecorder events = new DispatchRecorder();
    /** What {@link Dispatcher#lessons} was when the latest lessons were handed out. */
    private long lessonsTold;
    /** The latest {@link Dispatcher#decodeNext} that was handed out. */
    private List<String> orderTold = List.of();

    /** Begins with what earlier leaders measured. */
    public LeadershipSession(
            RecoveredState leadership,
            ConfiguredPolicy policy,
            DispatcherSettings settings,
            DecisionLog log,
            Consumer<EndedJob> ended,
            long nowUs) {
        epoch = leadership.epoch();
        dispatcher = new Dispatcher(epoch, policy, settings, log, ended);
        events.begin(epoch, policy, settings);
        learn(new DispatchEvent.ProfilesRecalled(leadership.learnt()), nowUs);
        lessonsTold = dispatcher.profileChanges();
    }

    public long epoch() {
        return epoch;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    public DispatchRecorder events() {
        return events;
    }

    /** The authority has answered. One that was away does not know any more what is to be decoded next. */
    public void reconnected() {
        orderTold = List.of();
    }

    public void learn(DispatchEvent event, long nowUs) {
        events.observed(event, nowUs);
        dispatcher.observe(event, nowUs);
    }

    public List<DispatchCommand> decide(long nowUs) {
        long before = dispatcher.decisions();
        List<DispatchCommand> commands = dispatcher.decide(nowUs);
        if (dispatcher.decisions() != before || !commands.isEmpty()) {
            events.decided(commands, nowUs);
        }
        return commands;
    }

    /** Hands out what others should keep and know, where it has changed. */
    public void tell(SchedulingCycle.Effects effects) {
        List<String> order = dispatcher.decodeNext();
        if (!order.equals(orderTold)) {
            orderTold = order;
            effects.decodeNext(epoch, order);
        }
        if (dispatcher.profileChanges() != lessonsTold) {
            lessonsTold = dispatcher.profileChanges();
            effects.learnt(epoch, dispatcher.modelProfiles());
        }
    }
}
