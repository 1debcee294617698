package io.framequota.inference.control;

import java.util.ArrayList;
import java.util.List;

/** What a worker holds. Values, changed by {@link Transitions} alone. */
public sealed interface WorkerState {
    /** Highest epoch seen; what is held is of this epoch. */
    long epoch();

    /** What ended last in this epoch. */
    Ended ended();

    /** What is held, in the order it runs: at most two. */
    List<Held> held();

    /** Holds nothing. */
    record Idle(long epoch, Ended ended) implements WorkerState {
        @Override
        public List<Held> held() {
            return List.of();
        }
    }

    /** Runs one grant. */
    record Running(long epoch, Ended ended, Held.Active current) implements WorkerState {
        @Override
        public List<Held> held() {
            return List.of(current);
        }
    }

    /** Runs one grant and holds the next, which may have begun behind it. */
    record RunningAhead(long epoch, Ended ended, Held.Active current, Held next) implements WorkerState {
        @Override
        public List<Held> held() {
            return List.of(current, next);
        }
    }

    /** Finishes what has begun and takes nothing more. */
    record Leaving(long epoch, Ended ended, List<Held.Active> active) implements WorkerState {
        public Leaving {
            active = List.copyOf(active);
        }

        @Override
        public List<Held> held() {
            return List.copyOf(active);
        }
    }

    /** Has said that it leaves. */
    record Left(long epoch, Ended ended) implements WorkerState {
        @Override
        public List<Held> held() {
            return List.of();
        }
    }

    /** The state that holds these, in this order. */
    static WorkerState holding(long epoch, Ended ended, List<? extends Held> held) {
        return switch (held.size()) {
            case 0 -> new Idle(epoch, ended);
            case 1 -> new Running(epoch, ended, (Held.Active) held.getFirst());
            case 2 -> new RunningAhead(epoch, ended, (Held.Active) held.getFirst(), held.getLast());
            default -> throw new IllegalArgumentException("a worker holds two grants at most, not " + held.size());
        };
    }

    /** This kind of state with other contents. */
    default WorkerState with(long nowEpoch, Ended nowEnded, List<? extends Held> nowHeld) {
        return switch (this) {
            case Left _ -> new Left(nowEpoch, nowEnded);
            case Leaving _ -> leaving(nowEpoch, nowEnded, nowHeld);
            case Idle _, Running _, RunningAhead _ -> holding(nowEpoch, nowEnded, nowHeld);
        };
    }

    /** The state that finishes these. */
    static WorkerState leaving(long epoch, Ended ended, List<? extends Held> held) {
        List<Held.Active> active = new ArrayList<>();
        held.forEach(h -> active.add((Held.Active) h));
        return new Leaving(epoch, ended, active);
    }
}
