package io.framequota.scheduler.quota;

import java.util.Locale;

/**
 * The outcome of writing a limit. Every outcome states the millicores in force as the system reports them. {@code why}
 * is one line for people.
 */
public sealed interface WriteOutcome {
    /** Millicores in force. */
    double inForce();

    /** This limit is in force. If it differs from the latest written limit, something else changed it. */
    record Applied(double inForce) implements WriteOutcome {}

    /** The written limit is not in force, at least not yet. */
    sealed interface Missed extends WriteOutcome {
        /** The reason: one line for people. */
        String why();

        /** Kind and reason. */
        default String words() {
            return getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": " + why();
        }
    }

    /**
     * There is no room for the limit. {@link #asked} distinguishes a late answer from an answer to the latest write.
     */
    sealed interface NoRoom extends Missed {
        /** Millicores that there is no room for. */
        double asked();
    }

    /** The system keeps the limit and applies it when there is room. */
    record Deferred(double asked, double inForce, String why) implements NoRoom {}

    /** There can never be room for it on this machine. */
    record Infeasible(double asked, double inForce, String why) implements NoRoom {}

    /** The system refused the write, whatever its value. */
    record Forbidden(double inForce, String why) implements Missed {}

    /** It is unknown whether the written limit or the previous one is in force. */
    record Unanswered(double inForce, String why) implements Missed {}
}
