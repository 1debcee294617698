package io.framequota.ingest.annotate;

import io.framequota.contract.result.Detection;
import java.util.List;

/** Draws boxes on a picture. Safe for use by many threads. */
public interface BoxPainter {
    /**
     * Draws a box with class and score for each detection.
     *
     * @param bgr rows of 3-byte pixels without padding; changed in place
     * @param found boxes in pixels of this picture, cut off at its edges
     */
    void draw(byte[] bgr, int width, int height, List<Detection> found);
}
