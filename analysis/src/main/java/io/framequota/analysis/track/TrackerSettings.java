package io.framequota.analysis.track;

/**
 * How detections become tracks.
 *
 * @param highScore detections from this score on start tracks and are matched first
 * @param lowScore detections below this score are left out; those between continue a track that nothing better continues
 * @param maxGap most frames for which a track may be without a detection, in frames that were inferred
 * @param minLength fewest detections of a track; shorter ones get no number
 */
public record TrackerSettings(double highScore, double lowScore, int maxGap, int minLength) {
    /** ByteTrack's values: 0.5, 0.1, 30 frames; a track needs two detections. */
    public static final TrackerSettings DEFAULT = new TrackerSettings(0.5, 0.1, 30, 2);

    public TrackerSettings {
        if (!(lowScore >= 0 && lowScore <= highScore && highScore <= 1) || maxGap < 1 || minLength < 1) {
            throw new IllegalArgumentException("scores must be 0 <= low <= high <= 1, gap and length at least 1");
        }
    }
}
