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
 * Brings shares into force: decides which limits to write now and in which order, writes them, and makes of each answer what
 * follows from it. Its rules:
 *
 * <ul>
 *   <li>shares are rounded to the grid together, and whoever runs without a share is parked;
 *   <li>at most one write for each and period, because a write refills the quota and would leak one more of it;
 *   <li>one whose work has ended is idle: the next one is raised first and the ended one lowered after, so that no core
 *       waits for a write. Where a raise had no room once, what is lowered makes room first;
 *   <li>what those that run have never exceeds the budget: one that is preempted is lowered first, and the raise waits until
 *       that is in force. A parked one keeps its millicores beside the budget;
 *   <li>until an answer comes the larger of what was written and what was in force counts, and for want of an answer it is
 *       written again;
 *   <li>where there is no room for a share the largest part of it that has room is found by halves. All of it is tried
 *       again when another one was lowered, and now and then.
 * </ul>
 *
 * <p>Knows no clock: times are seconds of one clock, and may be virtual. For one thread.
 *
 * @param <K> names whoever is limited
 */
public final class QuotaPlanner<K> {
    /** After so many times as long as after a refusal more may fit because of others whom nobody here knows. */
    private static final int REST = 12;

    /** Times, and millicores, this close are the same: neither sums of shares nor of times are exact. */
    private static final double SAME = 1e-12;

    private static final double ROUNDING = 1e-9;

    /** What one does with its share. */
    public enum State {
        /** It has work. */
        RUNS,
        /** It may get work at any time. */
        IDLE,
        /** It loads, and should have the given millicores at least: under a small quota that would take minutes. */
        STARTS
    }

    /**
     * How limits are planned.
     *
     * @param periodS seconds between two writes of the same limit; 0 where a write refills nothing
     * @param grid whether limits are multiples of {@link QuotaRounding#STEP}, as a kernel takes them
     * @param parked millicores of one that has no share, once it has had any
     * @param lingersS seconds that an idle one keeps what it has if nobody needs it; infinite for as long as it is idle
     * @param againS seconds until a write that was refused, or of which nothing was heard, is made again
     */
    public record Rules(double periodS, boolean grid, double parked, double lingersS, double againS) {}

    private final LimitStore<K> store;
    private final Rules rules;
    private final Map<K, Limited<K>> all = new LinkedHashMap<>();
    private double budget;
    private double allotted;
    private boolean stale;
    private boolean lowersFirst;
    /** Whether anybody ever had no room. */
    private boolean tight;

    // Of a step: what those that run have together, who is to be written, and when there will be more to do.
    private double held;
    private double next;
    private final List<Limited<K>> running = new ArrayList<>();
    private final List<Limited<K>> raises = new ArrayList<>();
    private final List<Limited<K>> preempted = new ArrayList<>();
    private final List<Limited<K>> released = new ArrayList<>();

    /** @param budget millicores that those that run may have together */
    public QuotaPlanner(LimitStore<K> store, Rules rules, double budget) {
        this.store = store;
        this.rules = rules;
        this.budget = budget;
    }

    /** One that is limited. */
    private static final class Limited<K> {
        final K who;
        final double full;
        State state = State.IDLE;
        /** Exact share, or what one that starts should have. */
        double share;

        double wanted;
        /** What was written last. */
        double asked;

        double inForce;
        /** The least that is known to have no room. */
        double ceiling = Double.POSITIVE_INFINITY;

        double triesAllAt;
        /** When it may be written again. */
        double writableAt = Double.NEGATIVE_INFINITY;
        /** When an answer is missed, infinite while none is awaited. */
        double answerBy = Double.POSITIVE_INFINITY;

        double idleSince = Double.NaN;
        /** Whether nobody knows which of {@link #asked} and {@link #inForce} it is. */
        boolean unsure;

        WriteOutcome.@Nullable Missed missed;

        Limited(K who, double full, double found) {
            this.who = who;
            this.full = full;
            inForce = Math.min(full, found);
            asked = inForce;
            wanted = inForce;
        }

        double most() {
            return Math.max(asked, inForce);
        }
    }

    /** Takes somebody in, idle, who may have so many millicores at most; false when the store does not know who that is. */
    public boolean open(K who, double full) {
        OptionalDouble found = store.inForce(who);
        if (found.isEmpty()) {
            return false;
        }
        all.put(who, new Limited<>(who, full, found.getAsDouble()));
        return true;
    }

    public boolean isOpen(K who) {
        return all.containsKey(who);
    }

    /** Somebody is gone. */
    public void close(K who) {
        all.remove(who);
        stale = true;
    }

    /** Millicores that those that run may have together from now on. */
    public void budget(double millicores) {
        stale |= millicores != budget;
        budget = millicores;
    }

    /** What somebody should have from now on; takes effect with {@link #step}. */
    public void want(K who, double millicores, State state) {
        Limited<K> one = one(who);
        one.share = millicores;
        one.state = state;
        stale = true;
    }

    /** Millicores in force. */
    public double inForce(K who) {
        return one(who).inForce;
    }

    /** Millicores that somebody should have, on the grid, since {@link #want}. */
    public double wanted(K who) {
        share();
        return one(who).wanted;
    }

    /** Whether what somebody should have is in force. */
    public boolean settled(K who) {
        share();
        Limited<K> one = one(who);
        return same(one.inForce, one.wanted);
    }

    /** Why somebody does not have what it should have; empty when it has, or will have in a moment. */
    public Optional<WriteOutcome.Missed> missed(K who) {
        return settled(who) ? Optional.empty() : Optional.ofNullable(one(who).missed);
    }

    /** Millicores of all limits together, idle ones too: the larger of what was written and what is in force. */
    public double total() {
        return all.values().stream().mapToDouble(Limited::most).sum();
    }

    /** Millicores that the shares of those that run were rounded to, together. */
    public double allotted() {
        share();
        return allotted;
    }

    /** The store found out what became of a limit. Late, doubled and unasked answers are welcome. */
    public void told(K who, WriteOutcome outcome, double now) {
        Limited<K> one = all.get(who);
        if (one != null) {
            told(one, outcome, now);
        }
    }

    private void told(Limited<K> one, WriteOutcome outcome, double now) {
        double before = one.inForce;
        one.inForce = Math.min(one.full, outcome.inForce());
        if (!same(before, one.inForce)) {
            // The system wrote it just now.
            one.writableAt = Math.max(one.writableAt, now + rules.periodS());
        }
        switch (outcome) {
            case WriteOutcome.Applied ignored -> applied(one, now);
            case WriteOutcome.NoRoom none -> noRoom(one, none, now);
            case WriteOutcome.Forbidden forbidden -> {
                one.answerBy = Double.POSITIVE_INFINITY;
                one.unsure = false;
                one.missed = forbidden;
                one.asked = one.inForce;
                one.writableAt = now + rules.againS();
            }
            case WriteOutcome.Unanswered unanswered -> {
                one.answerBy = Double.POSITIVE_INFINITY;
                one.unsure = true;
                one.missed = unanswered;
                one.writableAt = now + rules.againS();
            }
        }
        if (tight && one.inForce < before) {
            roomFor(one, before - one.inForce);
        }
    }

    private void noRoom(Limited<K> one, WriteOutcome.NoRoom none, double now) {
        if (!same(none.asked(), one.asked)) {
            // Late: something else was written since.
            return;
        }
        answered(one, now);
        one.missed = none;
        lowersFirst |= none instanceof WriteOutcome.Deferred;
        if (one.asked > one.inForce) {
            tight = true;
            one.ceiling = Math.min(one.ceiling, one.asked);
            one.triesAllAt = now + REST * rules.againS();
        }
    }

    private void applied(Limited<K> one, double now) {
        if (same(one.inForce, one.asked)) {
            answered(one, now);
            if (one.inForce >= one.ceiling || one.wanted < one.ceiling) {
                one.ceiling = Double.POSITIVE_INFINITY;
                one.missed = null;
            }
        } else if (one.answerBy == Double.POSITIVE_INFINITY && !one.unsure) {
            // Nothing of ours is on its way: somebody else wrote this, or the system takes another value than was
            // written.
            one.asked = one.inForce;
            one.writableAt = now + rules.againS();
        }
    }

    /** It is known what became of the last write; if late, it need not be made again. */
    private void answered(Limited<K> one, double now) {
        one.answerBy = Double.POSITIVE_INFINITY;
        if (one.unsure) {
            one.unsure = false;
            one.writableAt = Math.min(one.writableAt, now + rules.periodS());
        }
    }

    /** Somebody was lowered: what others had no room for may have it now. */
    private void roomFor(Limited<K> lowered, double more) {
        for (Limited<K> other : all.values()) {
            if (other != lowered) {
                other.ceiling += more;
            }
        }
    }

    /** Writes what is to be written now; when there will be more to do, infinite if nothing is known to come. */
    public double step(double now) {
        share();
        next = Double.POSITIVE_INFINITY;
        held = 0;
        double needed = 0;
        for (Limited<K> one : all.values()) {
            wake(one, now);
            held += counted(one);
            needed += one.state == State.RUNS ? one.wanted : one.state == State.IDLE ? one.inForce : 0;
        }
        sort(needed <= budget, now);
        lower(preempted, now);
        boolean tried = !lowersFirst && raise(now, false);
        lower(released, now);
        if (!tried) {
            if (tight) {
                // What was lowered may have made room for more of a share.
                sort(needed <= budget, now);
            }
            raise(now, true);
        }
        return next;
    }

    /** Who is to be written. */
    private void sort(boolean room, double now) {
        raises.clear();
        preempted.clear();
        released.clear();
        for (Limited<K> one : all.values()) {
            idle(one, room, now);
            if (changes(one)) {
                boolean lowers = goal(one) < (one.unsure ? one.most() : one.asked);
                (lowers ? one.state == State.RUNS ? preempted : released : raises).add(one);
            }
        }
    }

    private void lower(List<Limited<K>> some, double now) {
        for (Limited<K> one : some) {
            if (mayWrite(one, now)) {
                write(one, now);
            }
        }
    }

    /**
     * Raises those that fit into the budget.
     *
     * @param roomIsMade whether others have made room already
     * @return whether nobody waits for that
     */
    private boolean raise(double now, boolean roomIsMade) {
        boolean tried = true;
        for (Limited<K> one : raises) {
            if (!roomIsMade && !store.hasRoom(one.who, goal(one))) {
                tried = false;
            } else if (changes(one) && fits(one) && mayWrite(one, now)) {
                write(one, now);
            }
        }
        return tried;
    }

    /** What time alone changes. */
    private void wake(Limited<K> one, double now) {
        if (one.answerBy <= now) {
            told(one, new WriteOutcome.Unanswered(one.inForce, "nothing was heard of it"), now);
        } else {
            next = Math.min(next, one.answerBy);
        }
        if (one.ceiling < Double.POSITIVE_INFINITY) {
            if (one.triesAllAt <= now) {
                one.ceiling = Double.POSITIVE_INFINITY;
            } else {
                next = Math.min(next, one.triesAllAt);
            }
        }
    }

    /** What those without a share of the budget should have. */
    private void idle(Limited<K> one, boolean room, double now) {
        if (one.state != State.IDLE) {
            one.idleSince = Double.NaN;
            if (one.state == State.STARTS) {
                one.wanted = Math.max(one.share, one.inForce);
            }
            return;
        }
        if (Double.isNaN(one.idleSince)) {
            one.idleSince = now;
        }
        double parksAt = one.idleSince + rules.lingersS();
        boolean keeps =
                one.inForce > rules.parked() && now < parksAt && (room || rules.lingersS() == Double.POSITIVE_INFINITY);
        one.wanted = keeps ? one.inForce : rules.parked();
        if (keeps) {
            next = Math.min(next, parksAt);
        }
    }

    /** Rounds the shares of those that run. */
    private void share() {
        if (!stale) {
            return;
        }
        stale = false;
        running.clear();
        for (Limited<K> one : all.values()) {
            if (one.state == State.RUNS) {
                running.add(one);
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
            Limited<K> one = running.get(i);
            one.wanted = shares[i] == 0 && one.most() > 0 ? rules.parked() : shares[i];
        }
    }

    /** What to write: all that is wanted or, where there is no room for it, half-way to the least that has none. */
    private double goal(Limited<K> one) {
        if (one.wanted < one.ceiling) {
            return one.wanted;
        }
        double step = QuotaRounding.STEP;
        return Math.max(one.inForce, Math.floor((one.inForce + one.ceiling) / 2 / step) * step);
    }

    private boolean changes(Limited<K> one) {
        return one.unsure || !same(goal(one), one.asked);
    }

    /** What counts against the budget. */
    private double counted(Limited<K> one) {
        return one.state == State.RUNS && one.most() > rules.parked() ? one.most() : 0;
    }

    private boolean fits(Limited<K> one) {
        return one.state != State.RUNS || held - counted(one) + goal(one) <= budget * (1 + ROUNDING);
    }

    private boolean mayWrite(Limited<K> one, double now) {
        if (one.writableAt <= now + Math.abs(now) * SAME) {
            return true;
        }
        next = Math.min(next, one.writableAt);
        return false;
    }

    private void write(Limited<K> one, double now) {
        double before = counted(one);
        double goal = goal(one);
        one.asked = goal;
        one.unsure = false;
        one.writableAt = now + rules.periodS();
        one.answerBy = Double.POSITIVE_INFINITY;
        Optional<WriteOutcome> outcome = store.write(one.who, goal);
        if (outcome.isEmpty()) {
            one.answerBy = now + rules.againS();
            next = Math.min(next, one.answerBy);
        } else {
            told(one, outcome.get(), now);
            if (changes(one)) {
                next = Math.min(next, one.writableAt);
            }
        }
        held += counted(one) - before;
    }

    private static boolean same(double a, double b) {
        return a == b || Math.abs(a - b) <= SAME * Math.max(a, b);
    }

    private Limited<K> one(K who) {
        return Objects.requireNonNull(all.get(who), () -> "nobody here is called " + who);
    }
}
