package io.framequota.inference.worker;

import java.util.ArrayList;
import java.util.List;

/** The grants that a worker holds. Immutable; only {@link WorkerTransitions} makes new states. */
public sealed interface WorkerState {
    /** The highest epoch seen so far; all held grants belong to it. */
    long epoch();

    /** The last outcomes in this epoch. */
    RecentOutcomes ended();

    /** The held grants in the order in which they run, at most two. */
    List<WorkerGrant> held();

    /** Holds no grant. */
    record Idle(long epoch, RecentOutcomes ended) implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of();
        }
    }

    /** Runs one grant. */
    record Running(long epoch, RecentOutcomes ended, WorkerGrant.Active current) implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of(current);
        }
    }

    /** Runs one grant and holds the next, which may already be in the pipeline. */
    record RunningAhead(long epoch, RecentOutcomes ended, WorkerGrant.Active current, WorkerGrant next)
            implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of(current, next);
        }
    }

    /** Finishes the started grants and accepts no more. */
    record Leaving(long epoch, RecentOutcomes ended, List<WorkerGrant.Active> active) implements WorkerState {
        public Leaving {
            active = List.copyOf(active);
        }

        @Override
        public List<WorkerGrant> held() {
            return List.copyOf(active);
        }
    }

    /** Has reported that it leaves. */
    record Left(long epoch, RecentOutcomes ended) implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of();
        }
    }

    /** The state with these grants, in this order. */
    static WorkerState holding(long epoch, RecentOutcomes ended, List<? extends WorkerGrant> held) {
        return switch (held.size()) {
            case 0 -> new Idle(epoch, ended);
            case 1 -> new Running(epoch, ended, (WorkerGrant.Active) held.getFirst());
            case 2 -> new RunningAhead(epoch, ended, (WorkerGrant.Active) held.getFirst(), held.getLast());
            default -> throw new IllegalArgumentException("a worker holds two grants at most, not " + held.size());
        };
    }

    /** The same kind of state with other contents. */
    default WorkerState with(long nowEpoch, RecentOutcomes nowEnded, List<? extends WorkerGrant> nowHeld) {
        return switch (this) {
            case Left _ -> new Left(nowEpoch, nowEnded);
            case Leaving _ -> leaving(nowEpoch, nowEnded, nowHeld);
            case Idle _, Running _, RunningAhead _ -> holding(nowEpoch, nowEnded, nowHeld);
        };
    }

    /** The leaving state with these grants. */
    static WorkerState leaving(long epoch, RecentOutcomes ended, List<? extends WorkerGrant> held) {
        List<WorkerGrant.Active> active = new ArrayList<>();
        held.forEach(h -> active.add((WorkerGrant.Active) h));
        return new Leaving(epoch, ended, active);
    }
}
