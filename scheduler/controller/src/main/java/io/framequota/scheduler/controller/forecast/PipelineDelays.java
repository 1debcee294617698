package io.framequota.scheduler.controller.forecast;

import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.simulator.Quantiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToDoubleFunction;

/**
 * Seconds of a response in which no worker is the reason: until the first chunk is decoded, and from the last result to the
 * end. As seen on the latest jobs. Safe for use by several threads.
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

    /** From when a job is heard of to its first chunk. Jobs that waited to be decoded took longer: those that did not tell. */
    double firstChunkS() {
        return quantile(j -> (j.readyAtUs() - j.heardAtUs()) / 1e6, 0.25, ASSUMED_FIRST_S);
    }

    /** From when its last chunk was done to its end. */
    double lastResultS() {
        return quantile(EndedJob::afterS, 0.5, ASSUMED_LAST_S);
    }

    private synchronized double quantile(ToDoubleFunction<EndedJob> seconds, double quantile, double otherwise) {
        return latest.isEmpty()
                ? otherwise
                : Math.max(0, Quantiles.of(latest.stream().mapToDouble(seconds).toArray(), quantile));
    }
}
