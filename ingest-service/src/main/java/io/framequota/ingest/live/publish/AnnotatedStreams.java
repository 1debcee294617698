package io.framequota.ingest.live.publish;

import java.util.List;

/**
 * Sends the annotated streams of live jobs on, as their workers write them to fq.live.annotated. A target that cannot be reached is tried
 * again and is a warning of the job, never its failure. Safe for use by many threads; no call waits.
 */
public interface AnnotatedStreams {
    /**
     * Begins to send a job's annotated stream on. Nothing happens when it is sent already.
     *
     * @param publish the RTMP address with its secrets, empty for none
     * @param hls whether clients of this service may watch it
     */
    void open(String job, String publish, boolean hls);

    /** Ends it and deletes its HLS files. */
    void close(String job);

    /** What is known of a job's annotated stream at this moment; {@link Status#NONE} when it is not open. */
    Status status(String job);

    /**
     * The state of an annotated stream.
     *
     * @param p50Ms milliseconds from a packet's arrival to its annotated picture's packet here, over the last minute; 0 when there was none
     * @param p95Ms the same
     * @param warnings one line each for people, without secrets
     */
    record Status(double p50Ms, double p95Ms, List<String> warnings) {
        public static final Status NONE = new Status(0, 0, List.of());
    }
}
