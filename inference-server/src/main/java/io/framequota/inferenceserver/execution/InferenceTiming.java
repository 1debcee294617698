package io.framequota.inferenceserver.execution;

/**
 * Where one request's time went, in nanoseconds: waiting, making inputs ready, the model, taking outputs out; and the CPU time
 * of the thread that ran it, which other processes on the same cores do not lengthen.
 */
public record InferenceTiming(long queueNs, long inputNs, long inferNs, long outputNs, long cpuNs) {
    /** From acceptance to the end. */
    public long totalNs() {
        return queueNs + inputNs + inferNs + outputNs;
    }
}
