package io.framequota.inferenceserver.backend.opencv;

import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.MatOfDouble;
import org.opencv.core.MatOfRect;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.opencv.objdetect.HOGDescriptor;

/**
 * OpenCV's pedestrian detector: histograms of oriented gradients with the linear SVM that OpenCV provides (Dalal and Triggs
 * 2005). The score is the hyperbolic tangent of the SVM's margin: the decision boundary has the score 0, a margin of 0.31 has
 * 0.3, and the order of margins is kept below 1.
 *
 * <p>A picture is searched twice. The first search ends with the smallest people that it looks for, a fifth to a quarter of the
 * picture's height. The second is for people who fill the picture: it puts a border around a small copy, because the window
 * is larger than the person. A large person may be found by both.
 */
final class PeopleDetector implements Detector {
    private static final Size STRIDE = new Size(8, 8);
    private static final Size PADDING = new Size(8, 8);
    private static final double HIT_THRESHOLD = 0;
    /** Windows that must agree with a window. They are few, because the steps are large. */
    private static final double GROUP_THRESHOLD = 1;

    /** From one size of people to the next. */
    private static final double STEP = 1.15;
    /** Steps from the largest people to the smallest: the largest copy of a landscape picture has 450 rows. */
    private static final Search ALL_SIZES = new Search(9, 0);

    private static final Search LARGE = new Search(3, 0.16);

    /**
     * A range of sizes.
     *
     * @param steps from the window that fills the picture to the smallest
     * @param border on each side, as a fraction of the picture's side
     */
    private record Search(int steps, double border) {}

    private final HOGDescriptor hog = new HOGDescriptor();

    PeopleDetector() {
        hog.setSVMDetector(HOGDescriptor.getDefaultPeopleDetector());
    }

    @Override
    public List<Found> detect(Mat picture) {
        List<Found> found = new ArrayList<>();
        search(picture, ALL_SIZES, found);
        search(picture, LARGE, found);
        return found;
    }

    private void search(Mat picture, Search search, List<Found> found) {
        Size window = hog.get_winSize();
        double bordered = 1 + 2 * search.border();
        double room = bordered * Math.min(picture.cols() / window.width, picture.rows() / window.height);
        if (room < 1) {
            return;
        }
        // A whole number of steps, so that the largest window fits exactly.
        int steps = Math.min(search.steps(), (int) (Math.log(room) / Math.log(STEP)));
        double scale = Math.pow(STEP, steps) / room;
        int width = (int) Math.ceil(picture.cols() * scale);
        int height = (int) Math.ceil(picture.rows() * scale);
        int left = (int) Math.ceil(width * search.border());
        int top = (int) Math.ceil(height * search.border());
        Mat copy = new Mat();
        MatOfRect boxes = new MatOfRect();
        MatOfDouble margins = new MatOfDouble();
        try {
            Imgproc.resize(picture, copy, new Size(width, height), 0, 0, Imgproc.INTER_AREA);
            Core.copyMakeBorder(copy, copy, top, top, left, left, Core.BORDER_REPLICATE);
            hog.detectMultiScale(copy, boxes, margins, HIT_THRESHOLD, STRIDE, PADDING, STEP, GROUP_THRESHOLD, false);
            if (boxes.rows() > 0) {
                Rect[] rects = boxes.toArray();
                double[] weights = margins.toArray();
                for (int i = 0; i < rects.length; i++) {
                    found.add(person(rects[i], left, top, scale, weights[i]));
                }
            }
        } finally {
            copy.release();
            boxes.release();
            margins.release();
        }
    }

    /** The window has a margin around the person: a tenth on each side, 7 % above and 13 % below. */
    private static Found person(Rect window, int left, int top, double scale, double margin) {
        double x1 = (window.x - left + 0.1 * window.width) / scale;
        double y1 = (window.y - top + 0.07 * window.height) / scale;
        double width = 0.8 * window.width / scale;
        double height = 0.8 * window.height / scale;
        float score = (float) Math.tanh(Math.max(margin, 0));
        return new Found((float) x1, (float) y1, (float) (x1 + width), (float) (y1 + height), score);
    }
}
