package io.framequota.scheduler.controller.forecast;

import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.simulator.Quantiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToDoubleFunction;

/**
 * The parts of a response time in which no worker computes: until the first chunk is decoded, and from the last result to the end
 * of the job. Measured on the latest jobs. Thread-safe.
 */
final class PipelineDelays {
    private static final int LATEST = 30;
    private static final double ASSUMED_FIRST_S = 0.3;
    private static final double ASSUMED_LAST_S = 0.1;

    private final Deque<EndedJob> latest = new ArrayDeque<>();

    synchronized void add(EndedJob job) {
        latest.addLast(job);
        if (latest.size() > LATEST) {
            latest.removeFirst();
        }
    }

    /** Seconds from a job's arrival to its first chunk, at the lower quartile: jobs that had to wait for a decoder took longer. */
    double firstChunkS() {
        return quantile(j -> (j.readyAtUs() - j.heardAtUs()) / 1e6, 0.25, ASSUMED_FIRST_S);
    }

    /** Seconds from a job's last result to its end, at the median. */
    double lastResultS() {
        return quantile(EndedJob::afterS, 0.5, ASSUMED_LAST_S);
    }

    private synchronized double quantile(ToDoubleFunction<EndedJob> seconds, double quantile, double otherwise) {
        return latest.isEmpty()
                ? otherwise
                : Math.max(0, Quantiles.of(latest.stream().mapToDouble(seconds).toArray(), quantile));
    }
}
