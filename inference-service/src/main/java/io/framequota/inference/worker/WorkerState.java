package io.framequota.inference.worker;

import java.util.ArrayList;
import java.util.List;

/** What a worker holds. Values, changed by {@link WorkerTransitions} alone. */
public sealed interface WorkerState {
    /** Highest epoch seen; what is held is of this epoch. */
    long epoch();

    /** What ended last in this epoch. */
    RecentOutcomes ended();

    /** What is held, in the order it runs: at most two. */
    List<WorkerGrant> held();

    /** Holds nothing. */
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

    /** Runs one grant and holds the next, which may have begun behind it. */
    record RunningAhead(long epoch, RecentOutcomes ended, WorkerGrant.Active current, WorkerGrant next)
            implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of(current, next);
        }
    }

    /** Finishes what has begun and takes nothing more. */
    record Leaving(long epoch, RecentOutcomes ended, List<WorkerGrant.Active> active) implements WorkerState {
        public Leaving {
            active = List.copyOf(active);
        }

        @Override
        public List<WorkerGrant> held() {
            return List.copyOf(active);
        }
    }

    /** Has said that it leaves. */
    record Left(long epoch, RecentOutcomes ended) implements WorkerState {
        @Override
        public List<WorkerGrant> held() {
            return List.of();
        }
    }

    /** The state that holds these, in this order. */
    static WorkerState holding(long epoch, RecentOutcomes ended, List<? extends WorkerGrant> held) {
        return switch (held.size()) {
            case 0 -> new Idle(epoch, ended);
            case 1 -> new Running(epoch, ended, (WorkerGrant.Active) held.getFirst());
            case 2 -> new RunningAhead(epoch, ended, (WorkerGrant.Active) held.getFirst(), held.getLast());
            default -> throw new IllegalArgumentException("a worker holds two grants at most, not " + held.size());
        };
    }

    /** This kind of state with other contents. */
    default WorkerState with(long nowEpoch, RecentOutcomes nowEnded, List<? extends WorkerGrant> nowHeld) {
        return switch (this) {
            case Left _ -> new Left(nowEpoch, nowEnded);
            case Leaving _ -> leaving(nowEpoch, nowEnded, nowHeld);
            case Idle _, Running _, RunningAhead _ -> holding(nowEpoch, nowEnded, nowHeld);
        };
    }

    /** The state that finishes these. */
    static WorkerState leaving(long epoch, RecentOutcomes ended, List<? extends WorkerGrant> held) {
        List<WorkerGrant.Active> active = new ArrayList<>();
        held.forEach(h -> active.add((WorkerGrant.Active) h));
        return new Leaving(epoch, ended, active);
    }
}
