package io.framequota.scheduler.actuator;

import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.enforce.QuotaPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the workers of one home at their shares: decides by {@link QuotaPlan} which limits to write now, and writes them.
 * Knows no clock: times are nanoseconds of one clock. For one thread.
 */
final class Enforcement {
    /** An idle worker keeps its quota so long, if nobody needs it: the next grant then starts without a write. */
    static final long LINGERS = TimeUnit.MILLISECONDS.toNanos(500);

    /** After a refusal the same worker is tried again. */
    static final long AGAIN = TimeUnit.SECONDS.toNanos(5);

    static final long PERIOD = TimeUnit.MICROSECONDS.toNanos(Quota.PERIOD_US);

    private final Limits limits;
    private final boolean parksIdle;
    private final QuotaPlan plan = new QuotaPlan(0, PERIOD);
    private final Map<String, Kept> workers = new HashMap<>();
    private List<Target> targets = List.of();
    /** Workers whose limit could not be read the last time. */
    private final Set<String> unreadable = new HashSet<>();

    private int budget;
    /** Whether a raise had to wait for room once: since then what is lowered makes room first. */
    private boolean lowersFirst;

    /** @param parksIdle whether an idle worker is lowered: a weight that nobody uses takes from nobody */
    Enforcement(Limits limits, boolean parksIdle) {
        this.limits = limits;
        this.parksIdle = parksIdle;
    }

    /** What is remembered of a worker whose limit is known. */
    private static final class Kept {
        final WorkerId id;
        final int full;
        OptionalLong idleSince = OptionalLong.empty();

        @Nullable
        String trouble;

        Kept(WorkerShare share) {
            this.id = share.worker();
            this.full = Target.full(share);
        }
    }

    /** What was decided last; it replaces what was decided before. */
    void decided(List<WorkerShare> shares, double millicores, double cap) {
        int whole = (int) Math.floor(millicores);
        if (whole != budget) {
            budget = whole;
            plan.budget(whole);
            limits.total(Math.max(Quota.PARKED_MILLI, whole / 10 * 10));
        }
        targets = Target.of(shares, millicores, cap);
    }

    /**
     * Everybody may use all of its cores: chunks are dispatched in turns from now on. Whoever has most is first, so that what
     * others then reserve has room.
     *
     * @param cap millicores that all may have together
     * @return whether nobody is held back any more, as far as writes tell
     */
    boolean release(List<WorkerShare> shares, double cap) {
        int fair = Target.fair(shares.size(), cap);
        Map<WorkerShare, Integer> held = new HashMap<>();
        for (WorkerShare share : shares) {
            int inForce = read(share.worker().name()).orElse(Limits.UNLIMITED);
            if (inForce != Limits.UNLIMITED) {
                held.put(share, inForce);
            }
        }
        boolean all = unreadable.isEmpty();
        for (WorkerShare share : shares.stream()
                .filter(held::containsKey)
                .sorted(Comparator.comparing(held::get, Comparator.reverseOrder()))
                .toList()) {
            try {
                int full = Target.full(share);
                limits.free(share.worker().name(), Math.min(fair, full), full);
            } catch (RefusedException e) {
                all = false;
            }
        }
        return all;
    }

    /** The home found out what is in force. */
    void found(String worker, int millicores, @Nullable String trouble) {
        Kept kept = workers.get(worker);
        if (kept != null) {
            plan.stays(worker, millicores);
            kept.trouble = trouble;
            lowersFirst |= trouble != null && trouble.startsWith(Limits.Observer.DEFERRED);
        }
    }

    /** Writes what may be written now; when there will be more to do, if that is known. */
    OptionalLong step(long now) {
        forgetAbsent();
        OptionalLong parkAt = want(now);
        Map<String, Integer> before = new HashMap<>();
        workers.keySet().forEach(w -> before.put(w, plan.inForce(w)));
        List<QuotaPlan.Write> writes = new ArrayList<>(plan.due(now));
        if (lowersFirst) {
            writes.sort(Comparator.comparing(w -> w.millicores() > before.getOrDefault(w.group(), 0)));
        }
        writes.forEach(w -> write(w, now));
        OptionalLong next = plan.nextDue(now);
        if (next.isEmpty() || parkAt.isEmpty()) {
            return next.isEmpty() ? parkAt : next;
        }
        return OptionalLong.of(Math.min(next.getAsLong(), parkAt.getAsLong()));
    }

    private void forgetAbsent() {
        Map<String, WorkerId> present = new HashMap<>();
        targets.forEach(t -> present.put(t.worker(), t.share().worker()));
        workers.values().removeIf(kept -> {
            boolean gone = !kept.id.equals(present.get(kept.id.name()));
            if (gone) {
                // A process that replaced another one may have come with a limit of its own.
                plan.closed(kept.id.name());
            }
            return gone;
        });
    }

    /** Tells the plan; when the first idle worker is to be parked. */
    private OptionalLong want(long now) {
        List<Target> known = new ArrayList<>();
        for (Target target : targets) {
            if (isOpen(target)) {
                known.add(target);
            }
        }
        int needed = 0;
        for (Target target : known) {
            needed += target.state() == Target.State.RUNS ? target.millicores() : 0;
            needed += target.state() == Target.State.IDLE ? plan.inForce(target.worker()) : 0;
        }
        boolean room = needed <= budget;
        long parkAt = Long.MAX_VALUE;
        for (Target target : known) {
            Kept kept = Objects.requireNonNull(workers.get(target.worker()));
            boolean idle = target.state() == Target.State.IDLE;
            if (!idle) {
                kept.idleSince = OptionalLong.empty();
            } else if (kept.idleSince.isEmpty()) {
                kept.idleSince = OptionalLong.of(now);
            }
            int millicores = target.millicores();
            if (target.state() == Target.State.STARTS) {
                millicores = Math.max(millicores, plan.inForce(target.worker()));
            }
            if (idle && plan.inForce(target.worker()) > millicores) {
                long due = kept.idleSince.getAsLong() + LINGERS;
                if (!parksIdle || room && due > now) {
                    millicores = plan.inForce(target.worker());
                    parkAt = parksIdle ? Math.min(parkAt, due) : parkAt;
                }
            }
            plan.want(target.worker(), millicores, target.state() == Target.State.RUNS);
        }
        return parkAt == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(parkAt);
    }

    private boolean isOpen(Target target) {
        if (workers.containsKey(target.worker())) {
            return true;
        }
        OptionalInt inForce = read(target.worker());
        if (inForce.isEmpty()) {
            return false;
        }
        plan.opened(target.worker(), Math.min(inForce.getAsInt(), Target.full(target.share())));
        workers.put(target.worker(), new Kept(target.share()));
        return true;
    }

    private void write(QuotaPlan.Write write, long now) {
        Kept kept = Objects.requireNonNull(workers.get(write.group()));
        try {
            limits.set(write.group(), write.millicores());
            kept.trouble = null;
        } catch (RefusedException e) {
            kept.trouble = e.getMessage();
            int inForce = Math.min(read(write.group()).orElse(Quota.PARKED_MILLI), kept.full);
            if (e.unanswered()) {
                plan.unanswered(write.group(), inForce, now + AGAIN);
            } else {
                plan.refused(write.group(), inForce, now + AGAIN);
            }
        }
    }

    /** One worker that cannot be read stops none of the others. */
    private OptionalInt read(String worker) {
        try {
            OptionalInt inForce = limits.inForce(worker);
            unreadable.remove(worker);
            return inForce;
        } catch (RefusedException e) {
            unreadable.add(worker);
            return OptionalInt.empty();
        }
    }

    /** What every worker should have and has. */
    List<Reading> readings() {
        List<Reading> readings = new ArrayList<>();
        for (Target target : targets) {
            Kept kept = workers.get(target.worker());
            if (kept != null) {
                readings.add(new Reading(
                        target.worker(),
                        target.share().millicores(),
                        plan.inForce(target.worker()),
                        limits.use(target.worker()),
                        kept.trouble));
            }
        }
        return readings;
    }

    /** Workers that the home does not know, though they report. */
    List<String> unknown() {
        return targets.stream()
                .map(Target::worker)
                .filter(w -> !workers.containsKey(w))
                .toList();
    }
}
