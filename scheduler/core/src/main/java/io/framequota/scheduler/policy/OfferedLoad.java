package io.framequota.scheduler.policy;

import java.util.List;

/** What arrives, as far as a snapshot tells. */
final class OfferedLoad {
    /**
     * Work that arrives in a second, in core-seconds: how many were submitted since the oldest request that is still there,
     * ended ones included since arrivals are numbered, times the mean size. 0 when all came together.
     *
     * @param meanS mean size of a request
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
        // One mean service longer than was seen: two that come right after each other are no flood.
        return came * meanS / (snapshot.nowS() - since + meanS);
    }

    private OfferedLoad() {}
}
