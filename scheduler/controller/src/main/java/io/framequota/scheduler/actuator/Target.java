package io.framequota.scheduler.actuator;

import io.framequota.scheduler.dispatch.WorkerShare;
import io.framequota.scheduler.enforce.Quota;
import io.framequota.scheduler.policy.QuotaRounding;
import java.util.ArrayList;
import java.util.List;

/**
 * What one worker should have.
 *
 * @param share what was decided about it
 * @param millicores quota: a multiple of 10, at least 10
 * @param state what it does with it
 */
record Target(WorkerShare share, int millicores, State state) {
    /** What a worker does. */
    enum State {
        /** Its inference server starts or loads: under a small quota that would take minutes. */
        STARTS,
        /** It holds a grant. */
        RUNS,
        /** It may get one at any time. */
        IDLE
    }

    String worker() {
        return share.worker().name();
    }

    static int full(WorkerShare share) {
        return 1000 * share.cores();
    }

    /**
     * Rounds the shares of those that run; all others have what their state says.
     *
     * @param budget millicores that those that run may have together
     * @param cap the most that all may have together; a worker that starts has an equal part of it at least
     */
    static List<Target> of(List<WorkerShare> shares, double budget, double cap) {
        int fair = fair(shares.size(), cap);
        List<WorkerShare> running =
                shares.stream().filter(s -> state(s) == State.RUNS).toList();
        double[] exact = running.stream().mapToDouble(WorkerShare::millicores).toArray();
        boolean[] placed = new boolean[exact.length];
        java.util.Arrays.fill(placed, true);
        int[] rounded = QuotaRounding.round(exact, placed, budget).millicores();
        List<Target> targets = new ArrayList<>(shares.size());
        int next = 0;
        for (WorkerShare share : shares) {
            targets.add(
                    switch (state(share)) {
                        case STARTS -> new Target(share, Math.min(full(share), fair), State.STARTS);
                        case IDLE -> new Target(share, Quota.PARKED_MILLI, State.IDLE);
                        case RUNS -> new Target(share, rounded[next++], State.RUNS);
                    });
        }
        return targets;
    }

    /** An equal part of what all workers may have together, as a quota. */
    static int fair(int workers, double cap) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(Quota.PARKED_MILLI, cap / Math.max(1, workers)))
                / QuotaRounding.STEP
                * QuotaRounding.STEP;
    }

    private static State state(WorkerShare share) {
        if (!share.ready()) {
            return State.STARTS;
        }
        return share.busy() ? State.RUNS : State.IDLE;
    }
}
