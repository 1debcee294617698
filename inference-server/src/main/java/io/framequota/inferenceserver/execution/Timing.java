package io.framequota.inferenceserver.execution;

/** Where one request's time went, in nanoseconds: waiting, making inputs ready, the model, taking outputs out. */
public record Timing(long queueNs, long inputNs, long inferNs, long outputNs) {
    /** What the model kept a core busy for. */
    public long computeNs() {
        return inputNs + inferNs + outputNs;
    }

    /** From acceptance to the end. */
    public long totalNs() {
        return queueNs + computeNs();
    }
}
