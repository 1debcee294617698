package io.framequota.ingest.frame.opencv;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.ingest.decode.Picture;
import io.framequota.ingest.decode.Turn;
import io.framequota.ingest.frame.FrameGeometry;
import io.framequota.ingest.frame.FrameScaler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Grey, turn, resize, in that order; each step is left out where it changes nothing, and its memory is used again. */
final class OpenCvScaler implements FrameScaler {
    @org.jspecify.annotations.Nullable
    private Mats mats;

    @Override
    public byte[] scale(Picture picture, FrameGeometry geometry, Colour colour) {
        byte[] out = new byte[Math.toIntExact(geometry.bytes())];
        boolean sameSize =
                geometry.width() == picture.displayedWidth() && geometry.height() == picture.displayedHeight();
        if (sameSize && picture.turn().equals(Turn.NONE) && colour != Colour.GRAY) {
            copyRows(picture, out);
            return out;
        }
        Mats m = mats;
        if (m == null) {
            m = new Mats();
            mats = m;
        }
        m.process(picture, geometry, colour, sameSize, out);
        return out;
    }

    private static void copyRows(Picture picture, byte[] out) {
        MemorySegment target = MemorySegment.ofArray(out);
        int row = picture.width() * 3;
        for (int y = 0; y < picture.height(); y++) {
            MemorySegment.copy(picture.pixels(), (long) y * picture.stride(), target, (long) y * row, row);
        }
    }

    @Override
    public void close() {
        if (mats != null) {
            mats.close();
            mats = null;
        }
    }

    /** OpenCV's own objects: nothing of OpenCV is loaded before the first of these. */
    private static final class Mats implements AutoCloseable {
        static {
            // A scaler runs on its job's thread and nowhere else.
            opencv_core.setNumThreads(1);
        }

        private final Mat grey = new Mat();
        private final Mat mirrored = new Mat();
        private final Mat turned = new Mat();
        private final Mat resized = new Mat();

        void process(Picture picture, FrameGeometry geometry, Colour colour, boolean sameSize, byte[] out) {
            try (BytePointer pixels = new BytePointer(picture.pixels().asByteBuffer());
                    Mat source =
                            new Mat(picture.height(), picture.width(), opencv_core.CV_8UC3, pixels, picture.stride());
                    Size size = new Size(geometry.width(), geometry.height())) {
                Mat current = source;
                if (colour == Colour.GRAY) {
                    opencv_imgproc.cvtColor(current, grey, opencv_imgproc.COLOR_BGR2GRAY);
                    current = grey;
                }
                current = turn(current, picture.turn());
                if (!sameSize) {
                    opencv_imgproc.resize(current, resized, size, 0, 0, opencv_imgproc.INTER_LINEAR);
                    current = resized;
                }
                // Every step makes packed rows, and without any step the rows would have been copied one by one.
                MemorySegment.copy(
                        MemorySegment.ofAddress(current.data().address()).reinterpret(out.length),
                        ValueLayout.JAVA_BYTE,
                        0,
                        out,
                        0,
                        out.length);
            }
        }

        private Mat turn(Mat source, Turn turn) {
            Mat current = source;
            if (turn.mirrored()) {
                opencv_core.flip(current, mirrored, 1);
                current = mirrored;
            }
            if (turn.quarters() != 0) {
                int code = switch (turn.quarters()) {
                    case 1 -> opencv_core.ROTATE_90_CLOCKWISE;
                    case 2 -> opencv_core.ROTATE_180;
                    default -> opencv_core.ROTATE_90_COUNTERCLOCKWISE;
                };
                opencv_core.rotate(current, turned, code);
                current = turned;
            }
            return current;
        }

        @Override
        public void close() {
            grey.close();
            mirrored.close();
            turned.close();
            resized.close();
        }
    }
}
