package io.framequota.inferenceserver.execution;

/**
 * How long the steps of a request took, in nanoseconds: waiting, preparing inputs, the model, reading outputs. {@code cpuNs} is
 * the CPU time of the thread that ran the model, which other processes on the same cores do not lengthen.
 */
public record InferenceTiming(long queueNs, long inputNs, long inferNs, long outputNs, long cpuNs) {
    /** Time from acceptance to the end. */
    public long totalNs() {
        return queueNs + inputNs + inferNs + outputNs;
    }
}
