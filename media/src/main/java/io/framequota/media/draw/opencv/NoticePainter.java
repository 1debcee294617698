package io.framequota.media.draw.opencv;

import io.framequota.media.opencv.OpenCv;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

/** Draws the picture that stands for one that cannot be shown: a text on grey. */
public final class NoticePainter {
    private static final int FONT = Imgproc.FONT_HERSHEY_SIMPLEX;
    private static final int MOST_LINES = 12;

    private NoticePainter() {}

    /**
     * Draws a text, with line breaks where it would be cut off. Safe for use by many threads.
     *
     * @return {@code height} rows of {@code width} 3-byte pixels
     */
    public static byte[] draw(int width, int height, String text) {
        OpenCv.load();
        Mat picture = new Mat(height, width, CvType.CV_8UC3, new Scalar(64, 64, 64));
        try {
            double size = Math.max(0.35, Math.min(width, height) / 720.0);
            int stroke = (int) Math.max(1, Math.round(size * 1.5));
            int step = (int) Math.round(36 * size);
            int margin = step / 2;
            List<String> lines = lines(BoxPainter.printable(text), size, stroke, width - 2 * margin);
            int y = Math.max(step, (height - step * lines.size()) / 2 + step);
            for (String line : lines) {
                Imgproc.putText(
                        picture,
                        line,
                        new Point(margin, y),
                        FONT,
                        size,
                        new Scalar(255, 255, 255),
                        stroke,
                        Imgproc.LINE_AA,
                        false);
                y += step;
            }
            byte[] bgr = new byte[3 * width * height];
            picture.get(0, 0, bgr);
            return bgr;
        } finally {
            picture.release();
        }
    }

    private static List<String> lines(String text, double size, int stroke, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (!line.isEmpty() && Imgproc.getTextSize(longer, FONT, size, stroke, new int[1]).width > width) {
                lines.add(line.toString());
                line.setLength(0);
                longer = word;
            }
            line.setLength(0);
            line.append(longer);
        }
        lines.add(line.toString());
        return lines.subList(0, Math.min(MOST_LINES, lines.size()));
    }
}
