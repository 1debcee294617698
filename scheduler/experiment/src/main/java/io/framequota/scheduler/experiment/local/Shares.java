package io.framequota.scheduler.experiment.local;

import java.util.List;
import java.util.OptionalLong;

/** How shares of members come into force: by quotas or by weights. Times are nanoseconds of one clock. */
interface Shares {
    /** A share that came into force. */
    record InForce(String member, int millicores) {}

    /** What a member should have, and whether it has something to run. */
    void want(Member member, int millicores, boolean runnable);

    /** Brings into force what may be brought into force now, in order. */
    List<InForce> enforce(long now);

    /** When {@link #enforce} will have more to do, if it will. */
    OptionalLong nextDue(long now);
}
