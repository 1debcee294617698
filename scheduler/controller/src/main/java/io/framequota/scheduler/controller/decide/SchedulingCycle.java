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
 * Observes events, decides and has the decisions enforced while this scheduler leads. Only the event loop's thread may call it.
 *
 * <p>Facts that arrive while the authority is being asked for leadership are buffered and applied after its answer, because the
 * answer may be older. Facts that the answer already contains change nothing.
 */
public final class SchedulingCycle {
    /** Carries out what the cycle decides. No method may block. */
    public interface Effects {
        /** A new leadership starts from this state. */
        default void began(RecoveredState recovered) {}

        /** Announces the new leader to the workers. */
        void announce(long epoch);

        /** Sends a command to a worker, or ends a failed job at the authority. */
        void command(long epoch, DispatchCommand command);

        /** Tells the authority which jobs to decode next, first ones first. */
        void publishDecodeOrder(long epoch, List<String> jobs);

        /** Has the authority keep the measured model profiles for later leaders. */
        void publishProfiles(long epoch, List<ModelProfile> profiles);

        /** Asks the authority for the state of all jobs again: results that workers sent long ago are not committed. */
        void resynchronize();

        /** Whether workers are limited to their shares at present, so that {@link #enforce} has an effect. */
        boolean enforcesShares();

        /** Limits each worker to its share. Together they may use {@code budget} millicores now, and never more than {@code cap}. */
        void enforce(List<WorkerShare> shares, double budget, double cap);

        /** Has workers divide the compute time of inference servers; sent again while nothing changes, so that it stays in force. */
        default void divide(long epoch, ComputeTimeDivision division) {}

        /** Stops writing limits: another scheduler decides, or workers are no longer limited to shares. */
        void stopEnforcing();

        /** A job has ended. */
        void ended(EndedJob job);

        /** This scheduler stopped leading, because a newer leader exists or it lost the right to lead. */
        void steppedDown(long epoch);
    }

    /** Time after which a division of compute time is sent again. */
    private static final long RENEWED_US = 1_000_000;

    private final DispatcherSettings settings;
    private final DecisionLog log;
    private final LongSupplier clockUs;
    private final Effects effects;
    /** Null while this scheduler does not lead. */
    private @Nullable LeadershipSession session;
    /** The epoch of the leadership that ended last, 0 for none. */
    private long ended;
    /** The shares that were handed over to be enforced last, empty while none are. */
    private List<WorkerShare> enforced = List.of();
    /** The division of compute time that was sent last, and when. */
    private ComputeTimeDivision divided = ComputeTimeDivision.NONE;

    private long dividedAtUs;
    /** Events that hold for every leader, the latest of each kind. */
    private final Map<Class<? extends DispatchEvent>, DispatchEvent> standing = new LinkedHashMap<>();
    /** Facts since the authority was asked, null while no answer is awaited. */
    private @Nullable List<DispatchEvent.JobEvent> sinceAsked;

    /** @param clockUs microseconds since 1970, never going back */
    public SchedulingCycle(DispatcherSettings settings, DecisionLog log, LongSupplier clockUs, Effects effects) {
        this.settings = settings;
        this.log = log;
        this.clockUs = clockUs;
        this.effects = effects;
    }

    /** One cycle, after a batch of events. */
    public void run() {
        // 1. The events have been applied by observe(). If one showed that a newer leader exists, step down.
        if (session != null && session.dispatcher().superseded()) {
            stepDown();
        }
        LeadershipSession leading = session;
        if (leading == null) {
            stopEnforcing();
            return;
        }
        // 2. Snapshot, allocate, assign, revoke: pure decisions by the code that the simulator runs, too.
        List<DispatchCommand> commands = leading.decide(clockUs.getAsLong());
        // 3. Send grants and revokes to the workers, failed jobs to the authority.
        commands.forEach(command -> effects.command(leading.epoch(), command));
        // 4. Publish the decode order and the model profiles.
        leading.publish(effects);
        // 5. Ask the authority again if results are overdue.
        if (leading.dispatcher().missesResults()) {
            effects.resynchronize();
        }
        // 6. Enforce the workers' shares.
        enforce(leading.dispatcher());
        divideComputeTime(leading.epoch(), leading.dispatcher(), clockUs.getAsLong());
    }

    private void divideComputeTime(long epoch, Dispatcher decided, long nowUs) {
        ComputeTimeDivision division = decided.dividesComputeTime()
                ? new ComputeTimeDivision(true, decided.lendsComputeTime(), decided.computeTimeShares())
                : ComputeTimeDivision.NONE;
        boolean due = division.enforced() && nowUs - dividedAtUs >= RENEWED_US;
        if (due || !division.equals(divided)) {
            divided = division;
            dividedAtUs = nowUs;
            effects.divide(epoch, division);
        }
    }

    private void enforce(Dispatcher decided) {
        if (!effects.enforcesShares()) {
            stopEnforcing();
            return;
        }
        List<WorkerShare> shares = decided.workerShares();
        if (!shares.equals(enforced)) {
            enforced = shares;
            effects.enforce(shares, decided.budget(), decided.budgetCap());
        }
    }

    private void stopEnforcing() {
        if (!enforced.isEmpty()) {
            enforced = List.of();
            effects.stopEnforcing();
        }
    }

    /** Applies an event. */
    public void observe(DispatchEvent event) {
        if (sinceAsked != null && event instanceof DispatchEvent.JobEvent fact) {
            sinceAsked.add(fact);
        }
        if (event instanceof DispatchEvent.SharesEnforced || event instanceof DispatchEvent.BudgetChanged) {
            standing.put(event.getClass(), event);
        }
        if (session != null) {
            session.observe(event, clockUs.getAsLong());
        }
    }

    /** The authority is about to be asked; returns the epoch to state to it, 0 while this scheduler does not lead. */
    public long asking() {
        sinceAsked = new ArrayList<>();
        return session == null ? 0 : session.epoch();
    }

    /** The authority is no longer asked, and has not answered. */
    public void notAnswered() {
        sinceAsked = null;
    }

    /** The authority has answered. {@code policy} decides if the answer starts a new leadership. */
    public void answered(RecoveredState recovered, ConfiguredPolicy policy) {
        long now = clockUs.getAsLong();
        List<DispatchEvent.JobEvent> missed = sinceAsked == null ? List.of() : sinceAsked;
        sinceAsked = null;
        if (session == null && recovered.epoch() == ended) {
            // The state was requested before this leadership ended. A second one with its epoch would count attempts
            // anew.
            effects.steppedDown(ended);
            return;
        }
        LeadershipSession leading =
                session != null && session.epoch() == recovered.epoch() ? session : begin(recovered, policy, now);
        leading.republishDecodeOrder();
        leading.observe(
                new DispatchEvent.BacklogRead(recovered.jobs(), recovered.streams(), recovered.lastArrival()), now);
        missed.forEach(fact -> leading.observe(fact, now));
    }

    private LeadershipSession begin(RecoveredState recovered, ConfiguredPolicy policy, long now) {
        LeadershipSession begun = new LeadershipSession(recovered, policy, settings, log, effects::ended, now);
        session = begun;
        dividedAtUs = 0;
        effects.announce(begun.epoch());
        effects.began(recovered);
        standing.values().forEach(event -> begun.observe(event, now));
        return begun;
    }

    /** Stops leading. */
    public void stepDown() {
        if (session != null) {
            ended = session.epoch();
            session = null;
            effects.steppedDown(ended);
        }
    }

    /** The present leadership, null while this scheduler does not lead. */
    public @Nullable LeadershipSession session() {
        return session;
    }
}
