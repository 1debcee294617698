package io.framequota.analysis.result;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An object in a frame.
 *
 * @param label class name
 * @param score 0 to 1
 * @param track number of its track, empty if the result has no tracks
 * @param distance of the visible side from the camera in metres, empty if the result does not say
 * @param classId class index of the model
 * @param around where it is in a 360° picture; null in other pictures
 */
public record DetectedObject(
        String label,
        double score,
        Box box,
        OptionalLong track,
        OptionalDouble distance,
        int classId,
        @Nullable SphereBox around) {
    /** An object of the model's first class, at an unknown distance. */
    public DetectedObject(String label, double score, Box box, OptionalLong track) {
        this(label, score, box, track, OptionalDouble.empty(), 0, null);
    }
}
