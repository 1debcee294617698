package io.framequota.scheduler.controller;

import io.framequota.scheduler.dispatch.Command;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.EventLog;
import io.framequota.scheduler.dispatch.Settings;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.List;
import java.util.function.Consumer;

/** One leadership: its epoch, its dispatcher, and everything that was learnt and decided in it, for a replay. */
final class Leading implements Role {
    private final long epoch;
    private final Dispatcher dispatcher;
    private final EventLog events = new EventLog();
    /** What {@link Dispatcher#lessons} was when the latest lessons were handed out. */
    private long lessonsTold;
    /** The latest {@link Dispatcher#decodeNext} that was handed out. */
    private List<String> orderTold = List.of();

    /** Begins with what earlier leaders measured. */
    Leading(
            Leadership leadership,
            ChosenPolicy policy,
            Settings settings,
            DecisionLog log,
            Consumer<EndedJob> ended,
            long nowUs) {
        epoch = leadership.epoch();
        dispatcher = new Dispatcher(epoch, policy, settings, log, ended);
        events.begin(epoch, policy, settings);
        learn(new Event.Recalled(leadership.learnt()), nowUs);
        lessonsTold = dispatcher.lessons();
    }

    long epoch() {
        return epoch;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    EventLog events() {
        return events;
    }

    /** The authority has answered. One that was away does not know any more what is to be decoded next. */
    void reconnected() {
        orderTold = List.of();
    }

    void learn(Event event, long nowUs) {
        events.learnt(event, nowUs);
        dispatcher.observe(event, nowUs);
    }

    List<Command> decide(long nowUs) {
        long before = dispatcher.decisions();
        List<Command> commands = dispatcher.decide(nowUs);
        if (dispatcher.decisions() != before || !commands.isEmpty()) {
            events.decided(commands, nowUs);
        }
        return commands;
    }

    /** Hands out what others should keep and know, where it has changed. */
    void tell(SchedulingCycle.Effects effects) {
        List<String> order = dispatcher.decodeNext();
        if (!order.equals(orderTold)) {
            orderTold = order;
            effects.decodeNext(epoch, order);
        }
        if (dispatcher.lessons() != lessonsTold) {
            lessonsTold = dispatcher.lessons();
            effects.learnt(epoch, dispatcher.learnt());
        }
    }
}
