package io.framequota.scheduler.actuator;

import io.framequota.scheduler.enforce.CpuUse;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What limits the workers of one home. For one thread; calls may block. Each may throw {@link RefusedException} about one
 * worker or {@link UnavailableException} about all.
 */
public interface Limits extends AutoCloseable {
    /** {@link #inForce} without a limit. */
    int UNLIMITED = Integer.MAX_VALUE;

    /** What a home finds out about a write after it was made. */
    interface Observer {
        /** How a trouble begins that is only a lack of room until others are lowered. */
        String DEFERRED = "deferred";

        /**
         * This is in force.
         *
         * @param trouble why it is not what was written, in words for people; null when all is well
         */
        void inForce(String worker, int millicores, @Nullable String trouble);
    }

    /** Millicores of a worker now; empty when the home does not know it (yet). */
    OptionalInt inForce(String worker);

    /** Limits a worker to a multiple of 10 millicores, at least 10. */
    void set(String worker, int millicores);

    /**
     * Holds a worker back no more.
     *
     * @param fair what stays reserved for it, where a limit reserves anything
     * @param full what it may use: all of its cores
     */
    default void free(String worker, int fair, int full) {
        set(worker, full);
    }

    /** What all workers may use together, where weights alone would not bound it. */
    void total(int millicores);

    /** What a worker has used, null where it cannot be seen from here. */
    @Nullable
    CpuUse use(String worker);

    /** Lets go of what was opened; what was written stays. Idempotent. */
    @Override
    void close();
}
