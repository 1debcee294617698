package io.framequota.inferenceserver.backend.opencv;

import java.util.List;
import org.opencv.core.Mat;

/** Finds objects in a picture. Used by one thread at a time. */
interface Detector {
    /** The objects in an 8-bit grey picture of any size, which it does not change. */
    List<Found> detect(Mat picture);

    /** An object: its box in pixels of the picture and its score from 0 to 1. */
    record Found(float x1, float y1, float x2, float y2, float score) {}
}
