package io.framequota.scheduler.controller.observe;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The compute time that jobs have used, by the latest reports of each worker. Thread-safe. */
@ApplicationScoped
public class ReportedComputeTime {
    private static final int MOST_JOBS = 1_000;

    /**
     * Compute time of a job's requests.
     *
     * @param computeS seconds that devices computed
     * @param borrowedS part of it on time that no other job wanted
     * @param requests number of requests
     * @param waitS seconds that requests waited for the job's share, added up
     * @param approximate whether times are apportioned, because a server that reports no times computes several requests at once
     */
    public record Use(double computeS, double borrowedS, long requests, double waitS, boolean approximate) {
        Use plus(Use other) {
            return new Use(
                    computeS + other.computeS,
                    borrowedS + other.borrowedS,
                    requests + other.requests,
                    waitS + other.waitS,
                    approximate || other.approximate);
        }
    }

    /** By job, the last report of each process of a worker. */
    private final Map<String, Map<String, Use>> jobs = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Use>> eldest) {
            return size() > MOST_JOBS;
        }
    };

    /** @param process name and instance of the worker; its counters begin at 0 with each instance */
    public synchronized void report(String process, String job, Use use) {
        // A worker that has served many other jobs since begins with this one at 0 again.
        jobs.computeIfAbsent(job, j -> new LinkedHashMap<>())
                .merge(process, use, (known, next) -> next.requests < known.requests ? known : next);
    }

    /** The sum over all workers, null if none has reported anything of the job. */
    public synchronized @Nullable Use of(String job) {
        Map<String, Use> reports = jobs.get(job);
        return reports == null
                ? null
                : reports.values().stream().reduce(Use::plus).orElse(null);
    }
}
