package io.framequota.scheduler.dispatch;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open live job: its stream, its reservation and its worker. */
final class TrackedStream {
    /** A time that is not set. */
    static final long NEVER = Long.MAX_VALUE;

    /** What a live job has at present. */
    sealed interface State {
        /** It is to be served, now or when its stream is open. */
        sealed interface Wanted extends State {}

        /** Its stream is not open, or has had no publisher for too long. Nothing is reserved. */
        record Closed() implements Wanted {}

        /**
         * Its stream is open and waits for room.
         *
         * @param unfitSinceUs since when there has been no room for it; {@link #NEVER} while no worker could infer it
         */
        record Waiting(long unfitSinceUs) implements Wanted {}

        /**
         * It has a reservation.
         *
         * @param number 1, 2, ... in order of admission
         */
        record Reserved(long number) implements Wanted {}

        /**
         * The authority was asked to fail the job and has not confirmed its end yet.
         *
         * @param cause reason, one line for people
         * @param sentAtUs when the authority was last asked
         */
        record Failing(String cause, long sentAtUs) implements State {}
    }

    static final State CLOSED = new State.Closed();

    StreamJob job;
    /** Its latest known properties, null before it was opened. */
    @Nullable
    StreamSpec spec;

    State state = CLOSED;
    /** Reserved millicores, 0 without a reservation. */
    int millicores;
    /** The millicores that it should have: more than {@link #millicores} if there was no room for all of them. */
    int wanted;
    /** Whether {@link #wanted} follows from a known rate and a measured cost. */
    boolean known;
    /** The worker that infers it, null while none does. {@link StreamPlacement#home} tells whether it is still there. */
    @Nullable
    TrackedWorker worker;

    final StreamMeter meter = new StreamMeter();
    /** Since when it has had no publisher. */
    long lostAtUs = NEVER;
    /** When its grant was last sent. */
    long sentAtUs;
    /** Whether its worker must be told other properties or millicores. */
    boolean toSend;
    /** When it got its worker. */
    long placedAtUs;
    /** Since when its worker has not been able to infer. */
    long unusableSinceUs = NEVER;
    /** Since when workers have been ready and none of them has its model. */
    long modelMissingSinceUs = NEVER;
    /** Since when its worker has reported a failure. */
    long failingSinceUs = NEVER;
    /** Names of the workers that could not infer it, and the latest reason. */
    final Set<String> failedOn = new HashSet<>();

    String failure = "";
    /** How often the process of its worker died lately; -1 if the next death was a chunk's. When it last did. */
    int deaths;
    /** How often such deaths were taken back, as a chunk's. */
    int excused;

    long diedAtUs = Long.MIN_VALUE / 2;

    TrackedStream(StreamJob job) {
        this.job = job;
    }

    boolean isReserved() {
        return state instanceof State.Reserved;
    }

    boolean isWaiting() {
        return state instanceof State.Waiting;
    }

    /** The properties of an open stream. */
    StreamSpec open() {
        StreamSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("the stream of job " + job.id() + " was never opened");
        }
        return known;
    }

    /** Number of its admission, 0 without a reservation. */
    long admission() {
        return state instanceof State.Reserved(long number) ? number : 0;
    }
}
