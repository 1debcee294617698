package io.framequota.inferenceserver.backend.opencv;

import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Mat;
import org.opencv.core.MatOfDouble;
import org.opencv.core.MatOfRect;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.objdetect.HOGDescriptor;

/**
 * OpenCV's pedestrian detector: histograms of oriented gradients with the linear SVM that OpenCV provides (Dalal and Triggs
 * 2005). The score is the hyperbolic tangent of the SVM's margin: the decision boundary has the score 0, a margin of 0.31 has
 * 0.3, and the order of margins is kept below 1.
 */
final class PeopleDetector implements Detector {
    private static final Size STRIDE = new Size(8, 8);
    private static final Size PADDING = new Size(8, 8);
    private static final double SCALE = 1.05;
    private static final double HIT_THRESHOLD = 0;
    private static final double GROUP_THRESHOLD = 2;

    private final HOGDescriptor hog = new HOGDescriptor();

    PeopleDetector() {
        hog.setSVMDetector(HOGDescriptor.getDefaultPeopleDetector());
    }

    @Override
    public List<Found> detect(Mat picture) {
        Size window = hog.get_winSize();
        if (picture.cols() < window.width || picture.rows() < window.height) {
            return List.of();
        }
        MatOfRect boxes = new MatOfRect();
        MatOfDouble margins = new MatOfDouble();
        try {
            hog.detectMultiScale(
                    picture, boxes, margins, HIT_THRESHOLD, STRIDE, PADDING, SCALE, GROUP_THRESHOLD, false);
            List<Found> found = new ArrayList<>(boxes.rows());
            if (boxes.rows() > 0) {
                Rect[] rects = boxes.toArray();
                double[] weights = margins.toArray();
                for (int i = 0; i < rects.length; i++) {
                    found.add(trimmed(rects[i], weights[i]));
                }
            }
            return found;
        } finally {
            boxes.release();
            margins.release();
        }
    }

    /** The detector's window has a margin around the person: a tenth on each side, 7 % above and 13 % below. */
    private static Found trimmed(Rect window, double margin) {
        float x1 = window.x + 0.1f * window.width;
        float y1 = window.y + 0.07f * window.height;
        return new Found(
                x1, y1, x1 + 0.8f * window.width, y1 + 0.8f * window.height, (float) Math.tanh(Math.max(margin, 0)));
    }
}
