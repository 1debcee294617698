package io.framequota.ingest.annotate.opencv;

import io.framequota.contract.result.Detection;
import io.framequota.ingest.scale.opencv.OpenCvLoader;
import java.util.List;
import java.util.Locale;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Draws boxes, with lines two pixels wide on 640 x 480 and wider on larger pictures, and text on a bar of the class's colour. */
public final class BoxPainter {
    private static final int FONT = Imgproc.FONT_HERSHEY_SIMPLEX;

    private BoxPainter() {}

    /**
     * Draws a box with class and score for each detection. Safe for use by many threads.
     *
     * @param bgr rows of 3-byte pixels without padding; changed in place
     * @param found boxes in pixels of this picture, cut off at its edges
     */
    public static void draw(byte[] bgr, int width, int height, List<Detection> found) {
        if (found.isEmpty()) {
            return;
        }
        OpenCvLoader.load();
        Mat picture = new Mat(height, width, CvType.CV_8UC3);
        try {
            picture.put(0, 0, bgr);
            for (Detection detection : found) {
                draw(picture, detection);
            }
            picture.get(0, 0, bgr);
        } finally {
            picture.release();
        }
    }

    private static void draw(Mat picture, Detection d) {
        int shorter = Math.min(picture.rows(), picture.cols());
        int line = Math.max(1, Math.round(shorter / 240f));
        double textSize = Math.max(0.35, shorter / 960.0);
        ClassColour colour = ClassColour.of(d.classId());
        Scalar paint = new Scalar(colour.blue(), colour.green(), colour.red());
        Scalar ink = colour.isLight() ? new Scalar(0, 0, 0) : new Scalar(255, 255, 255);
        int x1 = clamp(d.x1(), picture.cols());
        int y1 = clamp(d.y1(), picture.rows());
        Point to = new Point(clamp(d.x2(), picture.cols()), clamp(d.y2(), picture.rows()));
        Imgproc.rectangle(picture, new Point(x1, y1), to, paint, line, Imgproc.LINE_8, 0);
        label(picture, d, x1, y1, textSize, line, paint, ink);
    }

    private static void label(Mat picture, Detection d, int x, int y, double size, int line, Scalar paint, Scalar ink) {
        String text = printable(d.label()) + String.format(Locale.ROOT, " %.2f", d.score());
        int stroke = Math.max(1, line / 2);
        int[] below = new int[1];
        Size extent = Imgproc.getTextSize(text, FONT, size, stroke, below);
        int wide = (int) extent.width;
        int high = (int) extent.height;
        int margin = 2 * line;
        int bar = high + below[0] + 2 * margin;
        // Above the box, or inside it when there is no room above; never cut off at the right.
        int top = y >= bar ? y - bar : y;
        int left = Math.max(0, Math.min(x, picture.cols() - wide - 2 * margin));
        Point from = new Point(left, top);
        Point to = new Point(left + wide + 2 * margin, top + bar);
        Point base = new Point(left + margin, top + margin + high);
        Imgproc.rectangle(picture, from, to, paint, Imgproc.FILLED, Imgproc.LINE_8, 0);
        Imgproc.putText(picture, text, base, FONT, size, ink, stroke, Imgproc.LINE_AA, false);
    }

    private static int clamp(float value, int size) {
        return Math.clamp(Math.round(value), 0, size - 1);
    }

    /** OpenCV's font has ASCII characters only. */
    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
