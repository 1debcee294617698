package io.framequota.inferenceserver.backend.opencv;

import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.media.opencv.OpenCv;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.MatOfRect;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.opencv.objdetect.CascadeClassifier;

/**
 * OpenCV's cascade for frontal faces (Viola and Jones 2001). The score of a face is {@code n / (n + 5)}, where n is the number
 * of overlapping windows that agree. At least 4 must agree, so scores start at 0.44.
 */
final class FaceDetector implements Detector {
    private static final double SCALE = 1.1;
    private static final int NEIGHBOURS = 4;
    private static final Size SMALLEST = new Size(24, 24);

    private final CascadeClassifier cascade;

    FaceDetector() {
        String file = OpenCv.faceCascade().toString();
        cascade = new CascadeClassifier(file);
        if (cascade.empty()) {
            throw new RefusedException(RefusedException.Kind.INTERNAL, "OpenCV cannot read the cascade " + file);
        }
    }

    @Override
    public List<Found> detect(Mat picture) {
        if (picture.cols() < SMALLEST.width || picture.rows() < SMALLEST.height) {
            return List.of();
        }
        Mat even = new Mat();
        MatOfRect boxes = new MatOfRect();
        MatOfInt counts = new MatOfInt();
        try {
            Imgproc.equalizeHist(picture, even);
            cascade.detectMultiScale2(even, boxes, counts, SCALE, NEIGHBOURS, 0, SMALLEST, new Size());
            List<Found> found = new ArrayList<>(boxes.rows());
            if (boxes.rows() > 0) {
                Rect[] rects = boxes.toArray();
                int[] neighbours = counts.toArray();
                for (int i = 0; i < rects.length; i++) {
                    Rect r = rects[i];
                    float score = neighbours[i] / (neighbours[i] + 5f);
                    found.add(new Found(r.x, r.y, r.x + r.width, r.y + r.height, score));
                }
            }
            return found;
        } finally {
            even.release();
            boxes.release();
            counts.release();
        }
    }
}
