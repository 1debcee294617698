package io.framequota.media.scale.opencv;

import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.Orientation;
import io.framequota.media.opencv.OpenCv;
import io.framequota.media.scale.PictureScaler;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Converts to grey, orients and resizes, in this order. Skips each step that changes nothing, and reuses the memory of each step.
 * OpenCV is loaded with the first picture that needs it.
 */
public final class OpenCvScaler implements PictureScaler {
    private @Nullable Mats mats;

    @Override
    public byte[] scale(DecodedPicture picture, int width, int height, boolean grey) {
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), grey ? 1 : 3)];
        if (!grey && isSize(picture, width, height) && picture.orientation().equals(Orientation.UPRIGHT)) {
            copyRows(picture, out);
        } else {
            mats().scale(picture, width, height, grey, out);
        }
        return out;
    }

    @Override
    public byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality) {
        return mats().scaleToJpeg(picture, width, height, grey, quality);
    }

    private Mats mats() {
        Mats m = mats;
        if (m == null) {
            m = new Mats();
            mats = m;
        }
        return m;
    }

    private static boolean isSize(DecodedPicture picture, int width, int height) {
        return width == picture.displayedWidth() && height == picture.displayedHeight();
    }

    private static void copyRows(DecodedPicture picture, byte[] out) {
        MemorySegment target = MemorySegment.ofArray(out);
        int row = picture.width() * 3;
        for (int y = 0; y < picture.height(); y++) {
            MemorySegment.copy(picture.pixels(), (long) y * picture.stride(), target, (long) y * row, row);
        }
    }

    @Override
    public void close() {
        if (mats != null) {
            mats.release();
            mats = null;
        }
    }

    /** The OpenCV objects. OpenCV is not loaded before the first of them is made. */
    private static final class Mats {
        static {
            OpenCv.load();
        }

        private final Mat greyed = new Mat();
        private final Mat mirrored = new Mat();
        private final Mat rotated = new Mat();
        private final Mat resized = new Mat();
        private final MatOfByte file = new MatOfByte();

        void scale(DecodedPicture picture, int width, int height, boolean grey, byte[] out) {
            Mat source = source(picture);
            scaled(source, picture, width, height, grey).get(0, 0, out);
            source.release();
        }

        byte[] scaleToJpeg(DecodedPicture picture, int width, int height, boolean grey, int quality) {
            Mat source = source(picture);
            MatOfInt parameters = new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality);
            Imgcodecs.imencode(".jpg", scaled(source, picture, width, height, grey), file, parameters);
            parameters.release();
            source.release();
            return file.toArray();
        }

        private static Mat source(DecodedPicture picture) {
            return new Mat(
                    picture.height(),
                    picture.width(),
                    CvType.CV_8UC3,
                    picture.pixels().asByteBuffer(),
                    picture.stride());
        }

        private Mat scaled(Mat source, DecodedPicture picture, int width, int height, boolean grey) {
            Mat current = source;
            if (grey) {
                Imgproc.cvtColor(current, greyed, Imgproc.COLOR_BGR2GRAY);
                current = greyed;
            }
            current = oriented(current, picture.orientation());
            if (!isSize(picture, width, height)) {
                Imgproc.resize(current, resized, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
                current = resized;
            }
            return current;
        }

        private Mat oriented(Mat source, Orientation orientation) {
            Mat current = source;
            if (orientation.mirrored()) {
                Core.flip(current, mirrored, 1);
                current = mirrored;
            }
            if (orientation.quarters() != 0) {
                int code = switch (orientation.quarters()) {
                    case 1 -> Core.ROTATE_90_CLOCKWISE;
                    case 2 -> Core.ROTATE_180;
                    default -> Core.ROTATE_90_COUNTERCLOCKWISE;
                };
                Core.rotate(current, rotated, code);
                current = rotated;
            }
            return current;
        }

        void release() {
            greyed.release();
            mirrored.release();
            rotated.release();
            resized.release();
            file.release();
        }
    }
}
