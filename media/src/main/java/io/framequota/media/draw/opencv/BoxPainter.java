package io.framequota.media.draw.opencv;

import io.framequota.contract.result.Detection;
import io.framequota.media.opencv.OpenCv;
import java.util.List;
import java.util.Locale;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Draws boxes, with lines two pixels wide on 640 x 480 and wider on larger pictures, and text on a bar of the class's colour. */
public final class BoxPainter {
    private static final int FONT = Imgproc.FONT_HERSHEY_SIMPLEX;
    private static final Scalar BLACK = new Scalar(0, 0, 0);
    private static final Scalar WHITE = new Scalar(255, 255, 255);
    private static final double MOST_AWAY = 1 << 20;

    private BoxPainter() {}

    /** Draws detections without zones. */
    public static void draw(byte[] bgr, int width, int height, List<Detection> found) {
        draw(bgr, width, height, found, List.of());
    }

    /**
     * Draws a box with class and score for each detection, and zones under them. Safe for use by many threads.
     *
     * @param bgr rows of 3-byte pixels without padding; changed in place
     * @param found boxes in pixels of this picture, cut off at its edges
     */
    public static void draw(byte[] bgr, int width, int height, List<Detection> found, List<ZoneOutline> zones) {
        if (found.isEmpty() && zones.isEmpty()) {
            return;
        }
        OpenCv.load();
        Mat picture = new Mat(height, width, CvType.CV_8UC3);
        try {
            picture.put(0, 0, bgr);
            for (ZoneOutline zone : zones) {
                draw(picture, zone);
            }
            for (Detection detection : found) {
                draw(picture, detection);
            }
            picture.get(0, 0, bgr);
        } finally {
            picture.release();
        }
    }

    private static int lineWidth(Mat picture) {
        return Math.max(1, Math.round(Math.min(picture.rows(), picture.cols()) / 240f));
    }

    private static double textSize(Mat picture) {
        return Math.max(0.35, Math.min(picture.rows(), picture.cols()) / 960.0);
    }

    /** A white line with a black outline, and the name at its first corner. */
    private static void draw(Mat picture, ZoneOutline zone) {
        int line = lineWidth(picture);
        Point[] corners = zone.corners().stream()
                .map(c -> new Point(nearby(c.x()), nearby(c.y())))
                .toArray(Point[]::new);
        MatOfPoint points = new MatOfPoint(corners);
        try {
            List<MatOfPoint> all = List.of(points);
            boolean closed = corners.length > 2;
            Imgproc.polylines(picture, all, closed, BLACK, line + 2 * outline(line), Imgproc.LINE_8, 0);
            Imgproc.polylines(picture, all, closed, WHITE, line, Imgproc.LINE_8, 0);
        } finally {
            points.release();
        }
        String name = printable(zone.name());
        double size = textSize(picture);
        int stroke = Math.max(1, line / 2);
        Size extent = Imgproc.getTextSize(name, FONT, size, stroke, new int[1]);
        Point base = new Point(
                Math.clamp(corners[0].x + 3 * line, 0, Math.max(0, picture.cols() - extent.width)),
                Math.clamp(corners[0].y + extent.height + 3 * line, extent.height, picture.rows() - 1.0));
        Imgproc.putText(picture, name, base, FONT, size, BLACK, stroke + 2 * outline(line), Imgproc.LINE_AA, false);
        Imgproc.putText(picture, name, base, FONT, size, WHITE, stroke, Imgproc.LINE_AA, false);
    }

    /** OpenCV counts in whole pixels, some bits of which it needs itself. */
    private static double nearby(double coordinate) {
        return Math.clamp(Math.rint(coordinate), -MOST_AWAY, MOST_AWAY);
    }

    private static void draw(Mat picture, Detection d) {
        int line = lineWidth(picture);
        double textSize = textSize(picture);
        ClassColour colour = ClassColour.of(d.classId());
        Scalar paint = new Scalar(colour.blue(), colour.green(), colour.red());
        Scalar ink = colour.isLight() ? new Scalar(0, 0, 0) : new Scalar(255, 255, 255);
        int x1 = clamp(d.x1(), picture.cols());
        int y1 = clamp(d.y1(), picture.rows());
        Point to = new Point(clamp(d.x2(), picture.cols()), clamp(d.y2(), picture.rows()));
        Imgproc.rectangle(picture, new Point(x1, y1), to, ink, line + 2 * outline(line), Imgproc.LINE_8, 0);
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
        // Where it hides least of the object: above the box, else below; inside, over the head, only if there is no
        // room at all.
        int under = clamp(d.y2(), picture.rows()) + 1;
        int top = y >= bar ? y - bar : under + bar <= picture.rows() ? under : y;
        // Never cut off at the right.
        int left = Math.max(0, Math.min(x, picture.cols() - wide - 2 * margin));
        Point from = new Point(left, top);
        Point to = new Point(left + wide + 2 * margin, top + bar);
        Point base = new Point(left + margin, top + margin + high);
        Imgproc.rectangle(picture, from, to, paint, Imgproc.FILLED, Imgproc.LINE_8, 0);
        Imgproc.rectangle(picture, from, to, ink, outline(line), Imgproc.LINE_8, 0);
        Imgproc.putText(picture, text, base, FONT, size, ink, stroke, Imgproc.LINE_AA, false);
    }

    /**
     * The width of a line's outline. A line as bright as what is behind it would be hard to see, and would stay behind when its box
     * moves: OpenH264 takes a block for unchanged if only its colour changes (decision 0238).
     */
    private static int outline(int line) {
        return Math.max(1, line / 2);
    }

    private static int clamp(float value, int size) {
        return Math.clamp(Math.round(value), 0, size - 1);
    }

    /** OpenCV's font has ASCII characters only. */
    static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
