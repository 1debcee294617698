package io.framequota.scheduler.dispatch;

/**
 * The properties of an open stream that its reservation and its worker depend on.
 *
 * @param fps frames per second of the source, measured or stated; 0 if unknown
 * @param every every Nth frame is inferred, at least 1
 * @param frames what is decoded and computed for an inferred frame
 * @param partition partition of the topic of live packets
 * @param annotate whether the worker also draws and encodes the annotated stream
 * @param session which opening of the stream this is, from 1
 * @param firstOffset offset of the session's first record in its partition
 */
public record StreamSpec(
        double fps, int every, FrameFormat frames, int partition, boolean annotate, int session, long firstOffset) {
    public StreamSpec {
        fps = fps > 0 && fps < Double.POSITIVE_INFINITY ? fps : 0;
        every = Math.max(1, every);
    }

    /** Frames to infer per second, 0 if the rate is unknown. */
    public double inferredPerSecond() {
        return fps / every;
    }

    /** The same stream with another rate. */
    public StreamSpec at(double framesPerSecond) {
        return new StreamSpec(framesPerSecond, every, frames, partition, annotate, session, firstOffset);
    }
}
