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

/**
 * One period of leadership: its epoch, its dispatcher, and a recording of every event and decision for replays. Only the event
 * loop's thread may call it.
 */
public final class LeadershipSession {
    private final long epoch;
    private final Dispatcher dispatcher;
    private final DispatchRecorder events = new DispatchRecorder();
    /** {@link Dispatcher#profileChanges} when the model profiles were published last. */
    private long profilesPublished;
    /** The {@link Dispatcher#decodeNext} that was published last. */
    private List<String> orderPublished = List.of();

    /** Starts with the model profiles that earlier leaders measured. */
    LeadershipSession(
            RecoveredState recovered,
            ConfiguredPolicy policy,
            DispatcherSettings settings,
            DecisionLog log,
            Consumer<EndedJob> ended,
            long nowUs) {
        epoch = recovered.epoch();
        dispatcher = new Dispatcher(epoch, policy, settings, log, ended);
        events.begin(epoch, policy, settings);
        observe(new DispatchEvent.ProfilesRecalled(recovered.profiles()), nowUs);
        profilesPublished = dispatcher.profileChanges();
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

    void observe(DispatchEvent event, long nowUs) {
        events.observed(event, nowUs);
        dispatcher.observe(event, nowUs);
    }

    List<DispatchCommand> decide(long nowUs) {
        long before = dispatcher.decisions();
        List<DispatchCommand> commands = dispatcher.decide(nowUs);
        if (dispatcher.decisions() != before || !commands.isEmpty()) {
            events.decided(commands, nowUs);
        }
        return commands;
    }

    /** Publishes the decode order and the model profiles if they have changed. */
    void publish(SchedulingCycle.Effects effects) {
        List<String> order = dispatcher.decodeNext();
        if (!order.equals(orderPublished)) {
            orderPublished = order;
            effects.publishDecodeOrder(epoch, order);
        }
        if (dispatcher.profileChanges() != profilesPublished) {
            profilesPublished = dispatcher.profileChanges();
            effects.publishProfiles(epoch, dispatcher.modelProfiles());
        }
    }

    /** Publishes the decode order again at the next {@link #publish}: an authority that restarted has forgotten it. */
    void republishDecodeOrder() {
        orderPublished = List.of();
    }
}
