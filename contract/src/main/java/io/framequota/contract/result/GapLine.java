package io.framequota.contract.result;

/**
 * A line of a live stream's result that stands for frames without a line of their own.
 *
 * @param fromMs on the job's time line
 * @param toMs the same, not below {@code fromMs}
 * @param frames that should have been inferred; estimated from the rate when they never arrived
 * @param cause one of the names below
 */
public record GapLine(double fromMs, double toMs, long frames, String cause) {
    /** Inference, or the broker, was behind. */
    public static final String DROPPED = "dropped";

    /** No worker inferred the stream. */
    public static final String NO_WORKER = "no-worker";

    /** The packets did not decode to these frames. */
    public static final String DECODE_ERROR = "decode-error";

    /** The source was away. */
    public static final String DISCONNECTED = "disconnected";

    /** ingest-service was away, or the job had failed or was cancelled until it was redriven. */
    public static final String RESTARTED = "restarted";

    /** The lines were there and are no longer kept. */
    public static final String EXPIRED = "expired";

    /** Appends this line as JSON, with a line feed. */
    public void appendTo(StringBuilder out) {
        out.append("{\"gap\":{\"from_ms\":");
        ResultLine.decimal(out, fromMs, 1000);
        out.append(",\"to_ms\":");
        ResultLine.decimal(out, toMs, 1000);
        out.append(",\"frames\":").append(frames).append(",\"cause\":");
        ResultLine.quote(out, cause);
        out.append("}}\n");
    }
}
