package io.framequota.ingest.annotate;

import io.framequota.contract.result.Detection;
import java.util.List;

/** Draws on a picture. For many threads. */
public interface BoxPainter {
    /**
     * Draws a box with class and score for each detection.
     *
     * @param bgr rows of 3-byte pixels without padding; changed in place
     * @param found boxes in pixels of this picture; what lies outside is cut off
     */
    void draw(byte[] bgr, int width, int height, List<Detection> found);
}
