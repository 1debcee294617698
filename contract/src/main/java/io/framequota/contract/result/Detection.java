package io.framequota.contract.result;

import org.jspecify.annotations.Nullable;

/**
 * One object found in one frame.
 *
 * @param label class name
 * @param classId class index of the model
 * @param score 0 to 1
 * @param x1 left, in pixels of the source frame as displayed
 * @param y1 top
 * @param x2 right; in an equirectangular 360° picture beyond the width when the object lies across the left and right edges
 * @param y2 bottom
 * @param around where the object is around the camera, null when the frame is no 360° picture
 */
public record Detection(
        String label,
        int classId,
        float score,
        float x1,
        float y1,
        float x2,
        float y2,
        @Nullable AngularBox around) {

    /** An object in a frame that is no 360° picture. */
    public Detection(String label, int classId, float score, float x1, float y1, float x2, float y2) {
        this(label, classId, score, x1, y1, x2, y2, null);
    }
}
