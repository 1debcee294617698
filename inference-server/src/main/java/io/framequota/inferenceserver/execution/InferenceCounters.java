package io.framequota.inferenceserver.execution;

import java.util.TreeMap;

/**
 * Counters of one model since it was loaded, as Triton defines them. Times are nanoseconds. Safe for use by several threads.
 */
public final class InferenceCounters {
    private long lastInferenceMs;
    private long inferences;
    private long executions;
    private Total success = Total.NONE;
    private Total fail = Total.NONE;
    private Total queue = Total.NONE;
    private Total input = Total.NONE;
    private Total infer = Total.NONE;
    private Total output = Total.NONE;
    private final TreeMap<Long, Batch> batches = new TreeMap<>();

    /** A number of events and the time that they took together. */
    public record Total(long count, long ns) {
        static final Total NONE = new Total(0, 0);

        Total plus(long events, long time) {
            return new Total(count + events, ns + time);
        }
    }

    /** The executions with one batch size. */
    public record Batch(Total input, Total infer, Total output) {
        static final Batch NONE = new Batch(Total.NONE, Total.NONE, Total.NONE);
    }

    /**
     * A copy of the counters.
     *
     * @param lastInferenceMs time of the last request in milliseconds since 1970, 0 before the first
     * @param inferences batch elements that succeeded
     * @param executions runs of the model
     */
    public record Snapshot(
            long lastInferenceMs,
            long inferences,
            long executions,
            Total success,
            Total fail,
            Total queue,
            Total input,
            Total infer,
            Total output,
            TreeMap<Long, Batch> batches) {}

    /** Counts an answered request. */
    synchronized void succeeded(long batch, InferenceTiming timing, long nowMs) {
        lastInferenceMs = nowMs;
        inferences += batch;
        executions++;
        success = success.plus(1, timing.totalNs());
        queue = queue.plus(1, timing.queueNs());
        input = input.plus(1, timing.inputNs());
        infer = infer.plus(1, timing.inferNs());
        output = output.plus(1, timing.outputNs());
        batches.merge(batch, add(Batch.NONE, timing), (before, ignored) -> add(before, timing));
    }

    private static Batch add(Batch batch, InferenceTiming timing) {
        return new Batch(
                batch.input().plus(1, timing.inputNs()),
                batch.infer().plus(1, timing.inferNs()),
                batch.output().plus(1, timing.outputNs()));
    }

    /** Counts an accepted request that failed after {@code ns} nanoseconds. */
    synchronized void failed(long ns) {
        fail = fail.plus(1, ns);
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(
                lastInferenceMs,
                inferences,
                executions,
                success,
                fail,
                queue,
                input,
                infer,
                output,
                new TreeMap<>(batches));
    }
}
