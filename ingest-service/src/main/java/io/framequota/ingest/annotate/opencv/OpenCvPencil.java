package io.framequota.ingest.annotate.opencv;

import io.framequota.contract.result.Detection;
import io.framequota.ingest.annotate.Pencil;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Boxes two pixels wide at 640 x 480 and wider with the picture; text on a bar of the class's colour. */
@ApplicationScoped
public class OpenCvPencil implements Pencil {
    private static final int FONT = opencv_imgproc.FONT_HERSHEY_SIMPLEX;

    @Override
    public void draw(byte[] bgr, int width, int height, List<Detection> found) {
        if (found.isEmpty()) {
            return;
        }
        try (BytePointer pixels = new BytePointer(bgr);
                Mat picture = new Mat(height, width, opencv_core.CV_8UC3, pixels)) {
            for (Detection detection : found) {
                draw(picture, detection);
            }
            pixels.position(0).get(bgr);
        }
    }

    private static void draw(Mat picture, Detection d) {
        int shorter = Math.min(picture.rows(), picture.cols());
        int line = Math.max(1, Math.round(shorter / 240f));
        double text = Math.max(0.35, shorter / 960.0);
        ClassColour colour = ClassColour.of(d.classId());
        int x1 = clamp(d.x1(), picture.cols());
        int y1 = clamp(d.y1(), picture.rows());
        try (Scalar paint = new Scalar(colour.blue(), colour.green(), colour.red(), 0);
                Scalar ink = colour.isLight() ? new Scalar(0, 0, 0, 0) : new Scalar(255, 255, 255, 0);
                Point from = new Point(x1, y1);
                Point to = new Point(clamp(d.x2(), picture.cols()), clamp(d.y2(), picture.rows()))) {
            opencv_imgproc.rectangle(picture, from, to, paint, line, opencv_imgproc.LINE_8, 0);
            label(picture, d, x1, y1, text, line, paint, ink);
        }
    }

    private static void label(Mat picture, Detection d, int x, int y, double size, int line, Scalar paint, Scalar ink) {
        String words = printable(d.label()) + String.format(Locale.ROOT, " %.2f", d.score());
        int stroke = Math.max(1, line / 2);
        try (IntPointer below = new IntPointer(1);
                Size extent = opencv_imgproc.getTextSize(words, FONT, size, stroke, below)) {
            int margin = 2 * line;
            int bar = extent.height() + below.get() + 2 * margin;
            // Above the box, or inside it where there is no room above; never cut off at the right.
            int top = y >= bar ? y - bar : y;
            int left = Math.max(0, Math.min(x, picture.cols() - extent.width() - 2 * margin));
            try (Point from = new Point(left, top);
                    Point to = new Point(left + extent.width() + 2 * margin, top + bar);
                    Point base = new Point(left + margin, top + margin + extent.height())) {
                opencv_imgproc.rectangle(picture, from, to, paint, opencv_imgproc.FILLED, opencv_imgproc.LINE_8, 0);
                opencv_imgproc.putText(picture, words, base, FONT, size, ink, stroke, opencv_imgproc.LINE_AA, false);
            }
        }
    }

    private static int clamp(float value, int size) {
        return Math.clamp(Math.round(value), 0, size - 1);
    }

    /** The font has no letters beyond ASCII. */
    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
