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
 * Limits the workers of one backend to their shares: gives the state and share of each worker to a {@link QuotaPlanner}, which
 * writes the limits. Times are seconds of one clock. For one thread.
 */
final class ShareEnforcement {
    /** An idle worker keeps its quota for this time, if no other worker needs it: its next grant starts without a write. */
    static final double LINGERS_S = 0.5;

    /** Time between a refused write and the next one to the same worker. */
    static final double RETRY_S = 5;

    static final double PERIOD_S = CpuQuota.PERIOD_US / 1e6;

    private final WorkerLimits limits;
    private final QuotaPlanner<String> planner;
    /** The processes of the workers that the planner limits, by name. */
    private final Map<String, WorkerId> limited = new HashMap<>();

    private List<WorkerShare> shares = List.of();

    private int budget;
    private double cap;

    /** @param actuator under {@link Actuator#WEIGHT} an idle worker keeps its weight, which takes nothing from busy ones */
    ShareEnforcement(WorkerLimits limits, Actuator actuator) {
        this.limits = limits;
        double lingers = actuator == Actuator.WEIGHT ? Double.POSITIVE_INFINITY : LINGERS_S;
        this.planner =
                new QuotaPlanner<>(limits, new Rules(PERIOD_S, true, CpuQuota.PARKED_MILLI, lingers, RETRY_S), 0);
    }

    /**
     * Replaces all shares.
     *
     * @param millicores that all workers may use together now
     * @param cap the most that they may ever use together; a worker that starts gets at least an equal part of it
     */
    void update(List<WorkerShare> shares, double millicores, double cap) {
        int whole = (int) Math.floor(millicores);
        if (whole != budget) {
            budget = whole;
            planner.budget(whole);
            limits.limitTotal(Math.max(CpuQuota.PARKED_MILLI, whole / QuotaRounding.STEP * QuotaRounding.STEP));
        }
        this.shares = shares;
        this.cap = cap;
    }

    /** Writes what may be written now; returns when the next write is due, infinite if none is. */
    double step(double now) {
        Map<String, WorkerId> present = new HashMap<>();
        shares.forEach(s -> present.put(s.worker().name(), s.worker()));
        limited.entrySet().removeIf(e -> {
            boolean gone = !e.getValue().equals(present.get(e.getKey()));
            if (gone) {
                // A process that replaced another one may have been created with another limit.
                planner.close(e.getKey());
            }
            return gone;
        });
        int fair = fair(shares.size(), cap);
        for (WorkerShare share : shares) {
            String worker = share.worker().name();
            if (isLimited(share)) {
                State state = state(share);
                double millicores = state == State.STARTS ? Math.min(share.full(), fair) : share.limit();
                planner.want(worker, millicores, state);
            }
        }
        return planner.step(now);
    }

    private static State state(WorkerShare share) {
        if (!share.ready()) {
            return State.STARTS;
        }
        return share.runs() ? State.RUNS : State.IDLE;
    }

    private boolean isLimited(WorkerShare share) {
        String worker = share.worker().name();
        if (limited.containsKey(worker)) {
            return true;
        }
        try {
            if (planner.open(worker, share.full())) {
                limited.put(worker, share.worker());
                return true;
            }
        } catch (EnforcementException e) {
            // The limit of this worker cannot be read; the others are not affected.
            return false;
        }
        return false;
    }

    /** The backend observed the outcome of a write. */
    void onOutcome(String worker, WriteOutcome outcome, double now) {
        planner.written(worker, outcome, now);
    }

    /**
     * Lets every worker use all of its cores, for {@link Actuator#DISPATCH}. Workers with the highest limits come first: their
     * requests fall to the equal part, which makes room for the requests of the others.
     *
     * @param cap millicores that all may have together
     * @return false if any worker is known to keep its limit
     */
    boolean release(List<WorkerShare> shares, double cap) {
        int fair = fair(shares.size(), cap);
        boolean all = true;
        Map<WorkerShare, Double> inForce = new HashMap<>();
        for (WorkerShare share : shares) {
            try {
                OptionalDouble limit = limits.inForce(share.worker().name());
                if (limit.isPresent() && limit.getAsDouble() < Double.POSITIVE_INFINITY) {
                    inForce.put(share, limit.getAsDouble());
                }
            } catch (EnforcementException e) {
                all = false;
            }
        }
        for (WorkerShare share : shares.stream()
                .filter(inForce::containsKey)
                .sorted(Comparator.comparing(inForce::get, Comparator.reverseOrder()))
                .toList()) {
            all &= limits.unlimit(share.worker().name(), Math.min(fair, share.full()), share.full())
                    .filter(o -> o instanceof WriteOutcome.Missed)
                    .isEmpty();
        }
        return all;
    }

    /** An equal part of the cap, rounded to the step of quotas. */
    private static int fair(int workers, double cap) {
        double part = Math.max(CpuQuota.PARKED_MILLI, cap / Math.max(1, workers));
        return (int) Math.min(Integer.MAX_VALUE, part) / QuotaRounding.STEP * QuotaRounding.STEP;
    }

    /** The share and limit of every worker. */
    List<QuotaReading> readings() {
        List<QuotaReading> readings = new ArrayList<>();
        for (WorkerShare share : shares) {
            String worker = share.worker().name();
            if (limited.containsKey(worker)) {
                readings.add(new QuotaReading(
                        worker,
                        share.limit(),
                        (int) Math.round(planner.wanted(worker)),
                        (int) Math.round(planner.inForce(worker)),
                        limits.use(worker),
                        planner.missed(worker).orElse(null)));
            }
        }
        return readings;
    }

    /** Workers that report to the scheduler but whose limits the backend does not know. */
    List<String> unknown() {
        return shares.stream()
                .map(s -> s.worker().name())
                .filter(w -> !limited.containsKey(w))
                .toList();
    }
}
