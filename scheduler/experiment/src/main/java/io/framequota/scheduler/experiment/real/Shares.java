package io.framequota.scheduler.experiment.real;

import java.util.List;
import java.util.OptionalLong;

/** How shares of workers come into force: by quotas or by weights. Times are nanoseconds of one clock. */
public interface Shares {
    /** A share that came into force. */
    record InForce(String worker, int millicores) {}

    /** What a worker should have, and whether it has something to run. */
    void want(String worker, int millicores, boolean runnable);

    /**
     * Brings into force what may be brought into force now, in order. What comes into force later is told by the worker
     * ({@link Told.Holds}).
     *
     * @return what is in force already
     */
    List<InForce> enforce(long now);

    /** Whether a worker has what it should have. */
    boolean settled(String worker);

    /** When {@link #enforce} will have more to do, if it will. */
    OptionalLong nextDue(long now);
}
