package io.framequota.scheduler.quota;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Brings shares into force as limits: decides which limits to write and in which order, writes them, and handles the outcomes. An
 * owner of a limit is for instance a worker. The rules:
 *
 * <ul>
 *   <li>Shares are rounded to the grid together. An owner that runs without a share is parked.
 *   <li>A limit is written at most once per period, because a write refills the quota.
 *   <li>An owner whose work has ended is idle. The next owner is raised first and the idle one lowered afterwards, so that no core
 *       waits for a write. Once a raise has found no room, lowering comes first.
 *   <li>The limits of running owners never exceed the budget. A preempted owner is lowered first, and the raise waits until the
 *       lower limit is in force. A parked owner keeps its millicores in addition to the budget.
 *   <li>Until the outcome of a write is known, the larger of the written limit and the limit in force counts. Without an outcome, the
 *       limit is written again.
 *   <li>If there is no room for a share, the largest part that fits is found by bisection. The full share is tried again when another
 *       owner was lowered, and after some time.
 * </ul>
 *
 * <p>Reads no clock: times are seconds of one clock, which may be virtual. For one thread.
 *
 * @param <K> identifies an owner
 */
public final class QuotaPlanner<K> {
    /** A full share is tried again after so many times the delay of a refused write: others may have released CPU. */
    private static final int FULL_RETRY_FACTOR = 12;

    /** Times and millicores are equal if they differ by at most this relative amount, because sums are not exact. */
    private static final double SAME = 1e-12;

    /** The relative rounding error by which the sum of limits may exceed the budget. */
    private static final double ROUNDING = 1e-9;

    /** What an owner does. */
    public enum State {
        /** It has work and gets its share. */
        RUNS,
        /** It has no work, and may get some at any time. */
        IDLE,
        /** It loads, and needs at least its share: under a small quota, loading would take minutes. */
        STARTS
    }

    /**
     * Parameters of the planner.
     *
     * @param periodS least seconds between two writes of the same limit; 0 if a write refills nothing
     * @param grid whether limits are multiples of {@link QuotaRounding#STEP}, as kernels require
     * @param parked millicores of an owner without a share that has had one before
     * @param lingersS seconds for which an idle owner keeps its limit if no other owner needs it; infinite for as long
     *     as it is idle
     * @param againS seconds until a refused or unanswered write is retried
     */
    public record Rules(double periodS, boolean grid, double parked, double lingersS, double againS) {}

    private final LimitStore<K> store;
    private final Rules rules;
    private final Map<K, Limit<K>> all = new LinkedHashMap<>();
    private double budget;
    /** Sum of the rounded shares of running owners. */
    private double allotted;
    /** Whether shares must be rounded again. */
    private boolean stale;
    /** Whether lowering must come before raising, because a raise was once deferred. */
    private boolean lowersFirst;
    /** Whether a raise has ever found no room. */
    private boolean tight;

    // State of one step.

    /** Sum of the limits of running owners. */
    private double held;
    /** When there will be more to do. */
    private double next;

    private final List<Limit<K>> running = new ArrayList<>();
    private final List<Limit<K>> raises = new ArrayList<>();
    private final List<Limit<K>> preempted = new ArrayList<>();
    private final List<Limit<K>> released = new ArrayList<>();

    /** @param budget millicores that running owners may have together */
    public QuotaPlanner(LimitStore<K> store, Rules rules, double budget) {
        this.store = store;
        this.rules = rules;
        this.budget = budget;
    }

    /** The limit of one owner. */
    private static final class Limit<K> {
        final K owner;
        final double full;
        State state = State.IDLE;
        /** Exact share; for an owner that starts, the millicores that it needs. */
        double share;

        /** The limit that it should have, on the grid. */
        double wanted;
        /** The limit that was last written. */
        double asked;

        double inForce;
        /** The lowest limit that is known to have no room. */
        double ceiling = Double.POSITIVE_INFINITY;
        /** When {@link #wanted} is tried again despite {@link #ceiling}. */
        double triesAllAt;
        /** When it may be written again. */
        double writableAt = Double.NEGATIVE_INFINITY;
        /** When a missing outcome times out; infinite if none is awaited. */
        double answerBy = Double.POSITIVE_INFINITY;
        /** Since when it is idle, NaN if it is not. */
        double idleSince = Double.NaN;
        /** Whether it is unknown which of {@link #asked} and {@link #inForce} is in force. */
        boolean unsure;

        WriteOutcome.@Nullable Missed missed;

        Limit(K owner, double full, double found) {
            this.owner = owner;
            this.full = full;
            inForce = Math.min(full, found);
            asked = inForce;
            wanted = inForce;
        }

        double most() {
            return Math.max(asked, inForce);
        }
    }

    /**
     * Adds an idle owner that may have at most {@code full} millicores. Returns false if the store does not know it.
     */
    public boolean open(K owner, double full) {
        OptionalDouble found = store.inForce(owner);
        if (found.isEmpty()) {
            return false;
        }
        all.put(owner, new Limit<>(owner, full, found.getAsDouble()));
        return true;
    }

    /** Removes an owner. */
    public void close(K owner) {
        all.remove(owner);
        stale = true;
    }

    /** Sets the millicores that running owners may have together. */
    public void budget(double millicores) {
        stale |= millicores != budget;
        budget = millicores;
    }

    /** Sets the share and the state of an owner. Takes effect with {@link #step}. */
    public void want(K owner, double millicores, State state) {
        Limit<K> limit = limit(owner);
        limit.share = millicores;
        limit.state = state;
        stale = true;
    }

    /** Millicores in force. */
    public double inForce(K owner) {
        return limit(owner).inForce;
    }

    /** Millicores that an owner should have, on the grid, since {@link #want}. */
    public double wanted(K owner) {
        share();
        return limit(owner).wanted;
    }

    /** Whether the wanted limit is in force. */
    public boolean settled(K owner) {
        share();
        Limit<K> limit = limit(owner);
        return same(limit.inForce, limit.wanted);
    }

    /** Why the wanted limit is not in force; empty if it is, or soon will be. */
    public Optional<WriteOutcome.Missed> missed(K owner) {
        return settled(owner) ? Optional.empty() : Optional.ofNullable(limit(owner).missed);
    }

    /**
     * Sum of all limits, including those of idle owners: for each the larger of the written limit and the limit in
     * force.
     */
    public double total() {
        return all.values().stream().mapToDouble(Limit::most).sum();
    }

    /** Sum of the rounded shares of running owners. */
    public double allotted() {
        share();
        return allotted;
    }

    /** Takes the outcome of a write, or of a change by the system. May be late, repeated or unexpected. */
    public void written(K owner, WriteOutcome outcome, double now) {
        Limit<K> limit = all.get(owner);
        if (limit != null) {
            written(limit, outcome, now);
        }
    }

    private void written(Limit<K> limit, WriteOutcome outcome, double now) {
        double before = limit.inForce;
        limit.inForce = Math.min(limit.full, outcome.inForce());
        if (!same(before, limit.inForce)) {
            // The system has just changed the limit.
            limit.writableAt = Math.max(limit.writableAt, now + rules.periodS());
        }
        switch (outcome) {
            case WriteOutcome.Applied ignored -> applied(limit, now);
            case WriteOutcome.NoRoom none -> noRoom(limit, none, now);
            case WriteOutcome.Forbidden forbidden -> {
                limit.answerBy = Double.POSITIVE_INFINITY;
                limit.unsure = false;
                limit.missed = forbidden;
                limit.asked = limit.inForce;
                limit.writableAt = now + rules.againS();
            }
            case WriteOutcome.Unanswered unanswered -> {
                limit.answerBy = Double.POSITIVE_INFINITY;
                limit.unsure = true;
                limit.missed = unanswered;
                limit.writableAt = now + rules.againS();
            }
        }
        if (tight && limit.inForce < before) {
            roomFor(limit, before - limit.inForce);
        }
    }

    private void noRoom(Limit<K> limit, WriteOutcome.NoRoom none, double now) {
        if (!same(none.asked(), limit.asked)) {
            // A late outcome: another limit was written since.
            return;
        }
        answered(limit, now);
        limit.missed = none;
        lowersFirst |= none instanceof WriteOutcome.Deferred;
        if (limit.asked > limit.inForce) {
            tight = true;
            limit.ceiling = Math.min(limit.ceiling, limit.asked);
            limit.triesAllAt = now + FULL_RETRY_FACTOR * rules.againS();
        }
    }

    private void applied(Limit<K> limit, double now) {
        if (same(limit.inForce, limit.asked)) {
            answered(limit, now);
            if (limit.inForce >= limit.ceiling || limit.wanted < limit.ceiling) {
                limit.ceiling = Double.POSITIVE_INFINITY;
                limit.missed = null;
            }
        } else if (limit.answerBy == Double.POSITIVE_INFINITY && !limit.unsure) {
            // There is no pending write: another process changed the limit, or the system applied a different value.
            limit.asked = limit.inForce;
            limit.writableAt = now + rules.againS();
        }
    }

    /** The outcome of the latest write is known. If it is late, the write is not repeated. */
    private void answered(Limit<K> limit, double now) {
        limit.answerBy = Double.POSITIVE_INFINITY;
        if (limit.unsure) {
            limit.unsure = false;
            limit.writableAt = Math.min(limit.writableAt, now + rules.periodS());
        }
    }

    /** An owner was lowered, so others may now have room. */
    private void roomFor(Limit<K> lowered, double more) {
        for (Limit<K> other : all.values()) {
            if (other != lowered) {
                other.ceiling += more;
            }
        }
    }

    /** Writes the limits that are due. Returns when to call it again; infinite if nothing is due. */
    public double step(double now) {
        share();
        next = Double.POSITIVE_INFINITY;
        held = 0;
        double needed = 0;
        for (Limit<K> limit : all.values()) {
            wake(limit, now);
            held += counted(limit);
            needed += limit.state == State.RUNS ? limit.wanted : limit.state == State.IDLE ? limit.inForce : 0;
        }
        sort(needed <= budget, now);
        lower(preempted, now);
        boolean tried = !lowersFirst && raise(now, false);
        lower(released, now);
        if (!tried) {
            if (tight) {
                // The lowered limits may have made room for more of a share.
                sort(needed <= budget, now);
            }
            raise(now, true);
        }
        return next;
    }

    /** Collects the limits that must change. */
    private void sort(boolean room, double now) {
        raises.clear();
        preempted.clear();
        released.clear();
        for (Limit<K> limit : all.values()) {
            idle(limit, room, now);
            if (changes(limit)) {
                boolean lowers = goal(limit) < (limit.unsure ? limit.most() : limit.asked);
                (lowers ? limit.state == State.RUNS ? preempted : released : raises).add(limit);
            }
        }
    }

    private void lower(List<Limit<K>> limits, double now) {
        for (Limit<K> limit : limits) {
            if (mayWrite(limit, now)) {
                write(limit, now);
            }
        }
    }

    /**
     * Writes the raises that fit into the budget.
     *
     * @param roomIsMade whether other limits have already been lowered
     * @return whether no raise waits for room
     */
    private boolean raise(double now, boolean roomIsMade) {
        boolean tried = true;
        for (Limit<K> limit : raises) {
            if (!roomIsMade && !store.hasRoom(limit.owner, goal(limit))) {
                tried = false;
            } else if (changes(limit) && fits(limit) && mayWrite(limit, now)) {
                write(limit, now);
            }
        }
        return tried;
    }

    /** Handles timeouts. */
    private void wake(Limit<K> limit, double now) {
        if (limit.answerBy <= now) {
            written(limit, new WriteOutcome.Unanswered(limit.inForce, "the write was not answered"), now);
        } else {
            next = Math.min(next, limit.answerBy);
        }
        if (limit.ceiling < Double.POSITIVE_INFINITY) {
            if (limit.triesAllAt <= now) {
                limit.ceiling = Double.POSITIVE_INFINITY;
            } else {
                next = Math.min(next, limit.triesAllAt);
            }
        }
    }

    /** Sets the wanted limit of an owner that is idle or starts. */
    private void idle(Limit<K> limit, boolean room, double now) {
        if (limit.state != State.IDLE) {
            limit.idleSince = Double.NaN;
            if (limit.state == State.STARTS) {
                limit.wanted = Math.max(limit.share, limit.inForce);
            }
            return;
        }
        if (Double.isNaN(limit.idleSince)) {
            limit.idleSince = now;
        }
        double parksAt = limit.idleSince + rules.lingersS();
        boolean keeps = limit.inForce > rules.parked()
                && now < parksAt
                && (room || rules.lingersS() == Double.POSITIVE_INFINITY);
        limit.wanted = keeps ? limit.inForce : rules.parked();
        if (keeps) {
            next = Math.min(next, parksAt);
        }
    }

    /** Rounds the shares of running owners, if they changed. */
    private void share() {
        if (!stale) {
            return;
        }
        stale = false;
        running.clear();
        for (Limit<K> limit : all.values()) {
            if (limit.state == State.RUNS) {
                running.add(limit);
            }
        }
        double[] shares = new double[running.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = running.get(i).share;
        }
        if (rules.grid()) {
            int[] rounded = QuotaRounding.round(shares, new boolean[shares.length], budget)
                    .millicores();
            for (int i = 0; i < shares.length; i++) {
                shares[i] = rounded[i];
            }
        }
        allotted = 0;
        for (int i = 0; i < shares.length; i++) {
            allotted += shares[i];
            Limit<K> limit = running.get(i);
            limit.wanted = shares[i] == 0 && limit.most() > 0 ? rules.parked() : shares[i];
        }
    }

    /** The limit to write: the wanted one or, without room for it, half-way to the lowest limit that has no room. */
    private double goal(Limit<K> limit) {
        if (limit.wanted < limit.ceiling) {
            return limit.wanted;
        }
        double step = QuotaRounding.STEP;
        return Math.max(limit.inForce, Math.floor((limit.inForce + limit.ceiling) / 2 / step) * step);
    }

    private boolean changes(Limit<K> limit) {
        return limit.unsure || !same(goal(limit), limit.asked);
    }

    /** The millicores that count against the budget. */
    private double counted(Limit<K> limit) {
        return limit.state == State.RUNS && limit.most() > rules.parked() ? limit.most() : 0;
    }

    private boolean fits(Limit<K> limit) {
        return limit.state != State.RUNS || held - counted(limit) + goal(limit) <= budget * (1 + ROUNDING);
    }

    private boolean mayWrite(Limit<K> limit, double now) {
        if (limit.writableAt <= now + Math.abs(now) * SAME) {
            return true;
        }
        next = Math.min(next, limit.writableAt);
        return false;
    }

    private void write(Limit<K> limit, double now) {
        double before = counted(limit);
        double goal = goal(limit);
        limit.asked = goal;
        limit.unsure = false;
        limit.writableAt = now + rules.periodS();
        limit.answerBy = Double.POSITIVE_INFINITY;
        Optional<WriteOutcome> outcome = store.write(limit.owner, goal);
        if (outcome.isEmpty()) {
            limit.answerBy = now + rules.againS();
            next = Math.min(next, limit.answerBy);
        } else {
            written(limit, outcome.get(), now);
            if (changes(limit)) {
                next = Math.min(next, limit.writableAt);
            }
        }
        held += counted(limit) - before;
    }

    private static boolean same(double a, double b) {
        return a == b || Math.abs(a - b) <= SAME * Math.max(a, b);
    }

    private Limit<K> limit(K owner) {
        return Objects.requireNonNull(all.get(owner), () -> "no such owner of a limit: " + owner);
    }
}
