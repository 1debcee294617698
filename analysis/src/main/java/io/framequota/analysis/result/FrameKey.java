package io.framequota.analysis.result;

/**
 * Which frame of which stream.
 *
 * @param stream camera or cube face; empty for a plain video
 * @param frame source index, from 0
 */
public record FrameKey(String stream, long frame) implements Comparable<FrameKey> {
    @Override
    public int compareTo(FrameKey other) {
        int streams = stream.compareTo(other.stream);
        return streams != 0 ? streams : Long.compare(frame, other.frame);
    }

    @Override
    public String toString() {
        return stream.isEmpty() ? "frame " + frame : "frame " + frame + " of " + stream;
    }
}
