package io.framequota.scheduler.quota;

import java.util.Locale;

/**
 * What became of a limit that was written. Every answer says what is in force, in millicores, as the system itself states it;
 * {@code why} is in words for people.
 */
public sealed interface WriteOutcome {
    /** Millicores in force. */
    double inForce();

    /** This is in force; where it is not what was written last, something else changed it. */
    record Applied(double inForce) implements WriteOutcome {}

    /** What was written did not come into force, at least not yet. */
    sealed interface Missed extends WriteOutcome {
        /** The reason, in words for people. */
        String why();

        /** Kind and reason. */
        default String words() {
            return getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": " + why();
        }
    }

    /** There is no room for it; which of the values written it is about tells a late answer from one to the last write. */
    sealed interface NoRoom extends Missed {
        /** Millicores that there is no room for. */
        double asked();
    }

    /** The system keeps it until there is room, and brings it into force then. */
    record Deferred(double asked, double inForce, String why) implements NoRoom {}

    /** There will never be room for it where it is. */
    record Infeasible(double asked, double inForce, String why) implements NoRoom {}

    /** It was not taken, however small. */
    record Forbidden(double inForce, String why) implements Missed {}

    /** Nobody knows whether it is in force or what was before. */
    record Unanswered(double inForce, String why) implements Missed {}
}
