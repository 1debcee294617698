package io.framequota.scheduler.controller;

import io.framequota.scheduler.dispatch.Command;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.EventLog;
import io.framequota.scheduler.dispatch.Learnt;
import io.framequota.scheduler.dispatch.Settings;
import io.framequota.scheduler.dispatch.Status;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides while it leads, and learns nothing else meanwhile. Only the event loop's thread may call it.
 *
 * <p>Facts that arrive while the authority is asked are kept and applied after its answer: the answer may be older than
 * they are, and facts that it holds already change nothing.
 */
final class Brain {
    /** What the brain makes others do. */
    interface Effects {
        /** A new leader introduces itself. */
        void announce(long epoch);

        /** Something was decided. */
        void command(long epoch, Command command);

        /** What it measured of models has changed enough to be kept. */
        void learnt(long epoch, List<Learnt> learnt);

        /** What is to be decoded next, in this order. */
        void decodeNext(long epoch, List<String> jobs);

        /** A job is over. */
        void ended(EndedJob job);

        /** A newer leader exists; this one stopped. */
        void superseded(long epoch);
    }

    private final Settings settings;
    private final DecisionLog log;
    private final LongSupplier clockUs;
    private final Effects effects;
    /** What the dispatcher learnt and decided, for a replay. */
    private final EventLog events = new EventLog();
    /** Null while it does not lead. */
    private @Nullable Dispatcher dispatcher;

    private long epoch;
    /** What {@link Dispatcher#lessons} was when the latest lessons were handed out. */
    private long lessonsTold;
    /** The latest {@link Dispatcher#decodeNext} that was handed out. */
    private List<String> orderTold = List.of();
    /** Events that hold whoever leads, the latest of each kind. */
    private final Map<Class<? extends Event>, Event> standing = new LinkedHashMap<>();
    /** Facts since the authority was asked, null while it is not. */
    private @Nullable List<Event.JobFact> sinceAsked;

    Brain(Settings settings, DecisionLog log, LongSupplier clockUs, Effects effects) {
        this.settings = settings;
        this.log = log;
        this.clockUs = clockUs;
        this.effects = effects;
    }

    void observe(Event event) {
        if (sinceAsked != null && event instanceof Event.JobFact fact) {
            sinceAsked.add(fact);
        }
        if (event instanceof Event.SharesEnforced || event instanceof Event.BudgetChanged) {
            standing.put(event.getClass(), event);
        }
        if (dispatcher != null) {
            learn(dispatcher, event, clockUs.getAsLong());
        }
    }

    private void learn(Dispatcher current, Event event, long nowUs) {
        events.learnt(event, nowUs);
        current.observe(event, nowUs);
    }

    /** The authority is about to be asked; the epoch to name to it, 0 when this brain does not lead. */
    long asking() {
        sinceAsked = new ArrayList<>();
        return dispatcher == null ? 0 : epoch;
    }

    /** The authority's answer, with the policy to decide by when it makes a new leader. */
    void answered(Leadership leadership, ChosenPolicy policy) {
        long now = clockUs.getAsLong();
        List<Event.JobFact> missed = sinceAsked == null ? List.of() : sinceAsked;
        sinceAsked = null;
        Dispatcher current = dispatcher;
        if (current == null || leadership.epoch() != epoch) {
            current = new Dispatcher(leadership.epoch(), policy, settings, log, effects::ended);
            events.begin(leadership.epoch(), policy, settings);
            dispatcher = current;
            epoch = leadership.epoch();
            effects.announce(epoch);
            for (Event event : standing.values()) {
                learn(current, event, now);
            }
            learn(current, new Event.Recalled(leadership.learnt()), now);
            lessonsTold = current.lessons();
        }
        // An authority that was away does not know it any more.
        orderTold = List.of();
        learn(current, new Event.BacklogRead(leadership.jobs(), leadership.lastArrival()), now);
        for (Event.JobFact fact : missed) {
            learn(current, fact, now);
        }
    }

    /** Decides what follows from everything observed. */
    void decide() {
        Dispatcher current = dispatcher;
        if (current == null) {
            return;
        }
        if (current.superseded()) {
            stepDown();
            return;
        }
        long now = clockUs.getAsLong();
        long before = current.decisions();
        List<Command> commands = current.decide(now);
        if (current.decisions() != before || !commands.isEmpty()) {
            events.decided(commands, now);
        }
        commands.forEach(command -> effects.command(epoch, command));
        List<String> order = current.decodeNext();
        if (!order.equals(orderTold)) {
            orderTold = order;
            effects.decodeNext(epoch, order);
        }
        if (current.lessons() != lessonsTold) {
            lessonsTold = current.lessons();
            effects.learnt(epoch, current.learnt());
        }
    }

    /** Stops leading: someone else does. */
    void stepDown() {
        if (dispatcher != null) {
            dispatcher = null;
            effects.superseded(epoch);
        }
    }

    /** Everything since it leads, null while it does not and when that was too much to keep. */
    EventLog.@Nullable Record recorded() {
        return dispatcher == null ? null : events.record();
    }

    /** Entries of {@link #recorded}. */
    int recordedEntries() {
        return events.size();
    }

    /** Whether the authority should be asked again, because results that were sent long ago are not committed. */
    boolean missesResults() {
        return dispatcher != null && dispatcher.missesResults();
    }

    boolean leads() {
        return dispatcher != null;
    }

    /** What each worker may use, null while it does not lead. */
    @Nullable
    List<WorkerShare> workerShares() {
        return dispatcher == null ? null : dispatcher.workerShares();
    }

    /** Millicores that workers may use together, 0 while it does not lead. */
    double budget() {
        return dispatcher == null ? 0 : dispatcher.budget();
    }

    /** The most that workers may use together, infinite when only they limit it. */
    double budgetCap() {
        return dispatcher == null ? settings.budgetCap() : dispatcher.budgetCap();
    }

    /** 0 while it does not lead. */
    long epoch() {
        return dispatcher == null ? 0 : epoch;
    }

    /** Null while it does not lead. */
    @Nullable
    Status status() {
        return dispatcher == null ? null : dispatcher.status();
    }

    /** Core-seconds that the open jobs still need, NaN while it does not lead. */
    double backlogCoreSeconds() {
        return dispatcher == null ? Double.NaN : dispatcher.backlogCoreSeconds();
    }

    /** The policy that decides, null while it does not lead. */
    @Nullable
    ChosenPolicy policy() {
        return dispatcher == null ? null : dispatcher.policy();
    }
}
