package io.framequota.inference.triton;

import io.framequota.contract.control.ComputeUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The compute time that the requests of one worker took, by job, for the worker's latest jobs. Thread-safe. */
final class ComputeUses {
    private static final int MOST_JOBS = 64;

    private final Map<String, ComputeUse.Builder> jobs = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ComputeUse.Builder> eldest) {
            return size() > MOST_JOBS;
        }
    };

    /**
     * Adds a request.
     *
     * @param borrowed whether it ran on time that no other job wanted
     * @param waitedNs for its job's share
     * @param approximate whether its time is apportioned
     */
    synchronized void add(String job, double computeNs, boolean borrowed, long waitedNs, boolean approximate) {
        ComputeUse.Builder use =
                jobs.computeIfAbsent(job, j -> ComputeUse.newBuilder().setJob(j));
        long us = Math.round(computeNs / 1e3);
        use.setComputeUs(use.getComputeUs() + us);
        use.setBorrowedUs(use.getBorrowedUs() + (borrowed ? us : 0));
        use.setRequests(use.getRequests() + 1);
        use.setWaitUs(use.getWaitUs() + waitedNs / 1000);
        use.setApproximate(use.getApproximate() || approximate);
    }

    synchronized List<ComputeUse> all() {
        return jobs.values().stream().map(ComputeUse.Builder::build).toList();
    }
}
