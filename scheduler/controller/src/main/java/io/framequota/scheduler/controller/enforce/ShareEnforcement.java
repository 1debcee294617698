package io.framequota.scheduler.controller.enforce;

import io.framequota.common.cgroup.CpuQuota;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.QuotaPlanner;
import io.framequota.scheduler.quota.QuotaPlanner.Rules;
import io.framequota.scheduler.quota.QuotaPlanner.State;
import io.framequota.scheduler.quota.QuotaRounding;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Keeps the workers of one home at their shares: tells a {@link QuotaPlanner} what each does and should have. Knows no clock:
 * times are seconds of one clock. For one thread.
 */
final class ShareEnforcement {
    /** An idle worker keeps its quota so long, if nobody needs it: the next grant then starts without a write. */
    static final double LINGERS_S = 0.5;

    /** After a refusal the same worker is tried again. */
    static final double AGAIN_S = 5;

    static final double PERIOD_S = CpuQuota.PERIOD_US / 1e6;

    private final WorkerLimits limits;
    private final QuotaPlanner<String> planner;
    /** The processes of the workers that are held to their shares, by name. */
    private final Map<String, WorkerId> held = new HashMap<>();

    private List<WorkerShare> shares = List.of();

    private int budget;
    private double cap;

    /** @param actuator under {@link Actuator#WEIGHT} an idle worker is left alone: a weight that nobody uses takes from nobody */
    ShareEnforcement(WorkerLimits limits, Actuator actuator) {
        this.limits = limits;
        double lingers = actuator == Actuator.WEIGHT ? Double.POSITIVE_INFINITY : LINGERS_S;
        this.planner =
                new QuotaPlanner<>(limits, new Rules(PERIOD_S, true, CpuQuota.PARKED_MILLI, lingers, AGAIN_S), 0);
    }

    /**
     * What was decided last; it replaces what was decided before.
     *
     * @param millicores that workers may use together now
     * @param cap the most that all may have together; a worker that starts has an equal part of it at least
     */
    void decided(List<WorkerShare> shares, double millicores, double cap) {
        int whole = (int) Math.floor(millicores);
        if (whole != budget) {
            budget = whole;
            planner.budget(whole);
            limits.total(Math.max(CpuQuota.PARKED_MILLI, whole / QuotaRounding.STEP * QuotaRounding.STEP));
        }
        this.shares = shares;
        this.cap = cap;
    }

    /** Writes what may be written now; when there will be more to do, infinite if nothing is known to come. */
    double step(double now) {
        Map<String, WorkerId> present = new HashMap<>();
        shares.forEach(s -> present.put(s.worker().name(), s.worker()));
        held.entrySet().removeIf(e -> {
            boolean gone = !e.getValue().equals(present.get(e.getKey()));
            if (gone) {
                // A process that replaced another one may have come with a limit of its own.
                planner.close(e.getKey());
            }
            return gone;
        });
        int fair = fair(shares.size(), cap);
        for (WorkerShare share : shares) {
            String worker = share.worker().name();
            if (isHeld(share)) {
                State state = state(share);
                double millicores = state == State.STARTS ? Math.min(share.full(), fair) : share.millicores();
                planner.want(worker, millicores, state);
            }
        }
        return planner.step(now);
    }

    private static State state(WorkerShare share) {
        if (!share.ready()) {
            return State.STARTS;
        }
        return share.busy() ? State.RUNS : State.IDLE;
    }

    private boolean isHeld(WorkerShare share) {
        String worker = share.worker().name();
        if (held.containsKey(worker)) {
            return true;
        }
        try {
            if (planner.open(worker, share.full())) {
                held.put(worker, share.worker());
                return true;
            }
        } catch (EnforcementException e) {
            // One worker that cannot be read stops none of the others.
            return false;
        }
        return false;
    }

    /** The home found out what became of a limit. */
    void told(String worker, WriteOutcome outcome, double now) {
        planner.told(worker, outcome, now);
    }

    /**
     * Everybody may use all of its cores: chunks are dispatched in turns from now on. Whoever has most is first, so that what
     * others then reserve has room.
     *
     * @param cap millicores that all may have together
     * @return whether nobody is held back any more, as far as writes tell
     */
    boolean release(List<WorkerShare> shares, double cap) {
        int fair = fair(shares.size(), cap);
        boolean all = true;
        Map<WorkerShare, Double> limited = new HashMap<>();
        for (WorkerShare share : shares) {
            try {
                OptionalDouble inForce = limits.inForce(share.worker().name());
                if (inForce.isPresent() && inForce.getAsDouble() < Double.POSITIVE_INFINITY) {
                    limited.put(share, inForce.getAsDouble());
                }
            } catch (EnforcementException e) {
                all = false;
            }
        }
        for (WorkerShare share : shares.stream()
                .filter(limited::containsKey)
                .sorted(Comparator.comparing(limited::get, Comparator.reverseOrder()))
                .toList()) {
            all &= limits.free(share.worker().name(), Math.min(fair, share.full()), share.full())
                    .filter(o -> o instanceof WriteOutcome.Missed)
                    .isEmpty();
        }
        return all;
    }

    /** An equal part of what all workers may have together, as a quota. */
    private static int fair(int workers, double cap) {
        double part = Math.max(CpuQuota.PARKED_MILLI, cap / Math.max(1, workers));
        return (int) Math.min(Integer.MAX_VALUE, part) / QuotaRounding.STEP * QuotaRounding.STEP;
    }

    /** What every worker should have and has. */
    List<QuotaReading> readings() {
        List<QuotaReading> readings = new ArrayList<>();
        for (WorkerShare share : shares) {
            String worker = share.worker().name();
            if (held.containsKey(worker)) {
                readings.add(new QuotaReading(
                        worker,
                        share.millicores(),
                        (int) Math.round(planner.wanted(worker)),
                        (int) Math.round(planner.inForce(worker)),
                        limits.use(worker),
                        planner.missed(worker).orElse(null)));
            }
        }
        return readings;
    }

    /** Workers that the home does not know, though they report. */
    List<String> unknown() {
        return shares.stream()
                .map(s -> s.worker().name())
                .filter(w -> !held.containsKey(w))
                .toList();
    }
}
