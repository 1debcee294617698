package io.framequota.scheduler.controller.decide;

import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this scheduler does each time that something happened, from events to limits, while it leads. Takes its time from
 * outside. Only the event loop's thread may call it.
 *
 * <p>Facts that arrive while the authority is asked are kept and applied after its answer: the answer may be older than
 * they are, and facts that it holds already change nothing.
 */
public final class SchedulingCycle {
    /** What a cycle makes others do. */
    public interface Effects {
        /** A new leader introduces itself. */
        void announce(long epoch);

        /** A new leadership begins with this answer. */
        default void began(RecoveredState leadership) {}

        /** Something was decided. */
        void command(long epoch, DispatchCommand command);

        /** Whether limits follow shares now. */
        boolean enforces();

        /** What each worker should have, of so many millicores now, and of so many at most. */
        void enforce(List<WorkerShare> shares, double budget, double cap);

        /** Shares are not to be enforced any more: another one decides, or nobody follows them. */
        void rest();

        /** What it measured of models has changed enough to be kept. */
        void learnt(long epoch, List<ModelProfile> learnt);

        /** What is to be decoded next, in this order. */
        void decodeNext(long epoch, List<String> jobs);

        /** A job is over. */
        void ended(EndedJob job);

        /** Results that were sent long ago are not committed: the authority should be asked again. */
        void missesResults();

        /** A newer leader exists; this one stopped. */
        void superseded(long epoch);
    }

    private final DispatcherSettings settings;
    private final DecisionLog log;
    private final LongSupplier clockUs;
    private final Effects effects;
    private Role role = new Role.Standby();
    /** The shares that were handed over to be enforced last, none while nobody enforces any. */
    private List<WorkerShare> enforced = List.of();
    /** Events that hold whoever leads, the latest of each kind. */
    private final Map<Class<? extends DispatchEvent>, DispatchEvent> standing = new LinkedHashMap<>();
    /** Facts since the authority was asked, null while it is not. */
    private @Nullable List<DispatchEvent.JobFact> sinceAsked;

    public SchedulingCycle(DispatcherSettings settings, DecisionLog log, LongSupplier clockUs, Effects effects) {
        this.settings = settings;
        this.log = log;
        this.clockUs = clockUs;
        this.effects = effects;
    }

    /** One cycle, after a batch of events. */
    public void run() {
        // 1. Apply events: observe() has, in the order in which they came. One may show that a newer leader exists.
        if (role instanceof LeadershipSession old && old.dispatcher().superseded()) {
            stepDown();
        }
        if (!(role instanceof LeadershipSession leading)) {
            rest();
            return;
        }
        // 2. to 5. Snapshot, allocate, assign, revoke: pure decisions, the same as in the simulator.
        List<DispatchCommand> commands = leading.decide(clockUs.getAsLong());
        // 6. Send: grants, revokes and ends, then what the authority should know.
        commands.forEach(command -> effects.command(leading.epoch(), command));
        leading.tell(effects);
        if (leading.dispatcher().missesResults()) {
            effects.missesResults();
        }
        // 7. Enforce: hand every worker's share to whoever writes limits.
        enforce(leading.dispatcher());
    }

    private void enforce(Dispatcher decided) {
        if (!effects.enforces()) {
            rest();
            return;
        }
        List<WorkerShare> shares = decided.workerShares();
        if (!shares.equals(enforced)) {
            enforced = shares;
            effects.enforce(shares, decided.budget(), decided.budgetCap());
        }
    }

    private void rest() {
        if (!enforced.isEmpty()) {
            enforced = List.of();
            effects.rest();
        }
    }

    public void observe(DispatchEvent event) {
        if (sinceAsked != null && event instanceof DispatchEvent.JobFact fact) {
            sinceAsked.add(fact);
        }
        if (event instanceof DispatchEvent.SharesEnforced || event instanceof DispatchEvent.BudgetChanged) {
            standing.put(event.getClass(), event);
        }
        if (role instanceof LeadershipSession leading) {
            leading.learn(event, clockUs.getAsLong());
        }
    }

    /** The authority is about to be asked; the epoch to name to it, 0 when this scheduler does not lead. */
    public long asking() {
        sinceAsked = new ArrayList<>();
        return role instanceof LeadershipSession leading ? leading.epoch() : 0;
    }

    /** The authority is not asked any more, and has not answered. */
    public void notAnswered() {
        sinceAsked = null;
    }

    /** The authority's answer, with the policy to decide by when it makes a new leader. */
    public void answered(RecoveredState leadership, ConfiguredPolicy policy) {
        long now = clockUs.getAsLong();
        List<DispatchEvent.JobFact> missed = sinceAsked == null ? List.of() : sinceAsked;
        sinceAsked = null;
        LeadershipSession leading = role instanceof LeadershipSession same && same.epoch() == leadership.epoch()
                ? same
                : begin(leadership, policy, now);
        leading.reconnected();
        leading.learn(new DispatchEvent.BacklogRead(leadership.jobs(), leadership.lastArrival()), now);
        missed.forEach(fact -> leading.learn(fact, now));
    }

    private LeadershipSession begin(RecoveredState leadership, ConfiguredPolicy policy, long now) {
        LeadershipSession leading = new LeadershipSession(leadership, policy, settings, log, effects::ended, now);
        role = leading;
        effects.announce(leading.epoch());
        effects.began(leadership);
        standing.values().forEach(event -> leading.learn(event, now));
        return leading;
    }

    /** Stops leading: someone else does. */
    public void stepDown() {
        if (role instanceof LeadershipSession leading) {
            role = new Role.Standby();
            effects.superseded(leading.epoch());
        }
    }

    public Role role() {
        return role;
    }
}
