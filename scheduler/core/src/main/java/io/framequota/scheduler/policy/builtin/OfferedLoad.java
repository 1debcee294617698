package io.framequota.scheduler.policy.builtin;

import io.framequota.scheduler.policy.Snapshot;
import io.framequota.scheduler.policy.SnapshotJob;
import java.util.List;

/** The rate at which work arrives, estimated from one snapshot. */
final class OfferedLoad {
    /**
     * Core-seconds that arrive per second: the number of requests submitted since the oldest present request, times the
     * mean size, divided by the time. The number includes ended requests, because arrivals are numbered. 0 if all
     * requests came together.
     *
     * @param meanS mean size of a request, in core-seconds
     */
    static double perSecond(Snapshot snapshot, double meanS) {
        List<SnapshotJob> jobs = snapshot.jobs();
        double since = jobs.getFirst().submittedS();
        int next = 1;
        while (next < jobs.size() && jobs.get(next).submittedS() <= since) {
            next++;
        }
        if (next == jobs.size()) {
            return 0;
        }
        long came = jobs.getLast().arrival() - jobs.get(next - 1).arrival();
        // One mean service time is added to the observed time: two requests in quick succession are not a high load.
        return came * meanS / (snapshot.nowS() - since + meanS);
    }

    private OfferedLoad() {}
}
