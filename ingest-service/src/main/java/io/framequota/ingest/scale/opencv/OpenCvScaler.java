package io.framequota.ingest.scale.opencv;

import io.framequota.contract.control.ModelCard.Colour;
import io.framequota.ingest.chunk.FrameGeometry;
import io.framequota.ingest.decode.DecodedPicture;
import io.framequota.ingest.decode.Orientation;
import io.framequota.ingest.scale.PictureScaler;
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

/** Grey, turn, resize, in that order; each step is left out where it changes nothing, and its memory is used again. */
final class OpenCvScaler implements PictureScaler {
    private @Nullable Mats mats;

    @Override
    public byte[] scale(DecodedPicture picture, FrameGeometry geometry, Colour colour) {
        byte[] out = new byte[Math.toIntExact(geometry.bytes())];
        if (isSize(picture, geometry) && picture.turn().equals(Orientation.NONE) && colour != Colour.GRAY) {
            copyRows(picture, out);
            return out;
        }
        mats().raw(picture, geometry, colour, out);
        return out;
    }

    @Override
    public byte[] scaleToJpeg(DecodedPicture picture, FrameGeometry geometry, Colour colour, int quality) {
        return mats().jpeg(picture, geometry, colour, quality);
    }

    private Mats mats() {
        Mats m = mats;
        if (m == null) {
            m = new Mats();
            mats = m;
        }
        return m;
    }

    private static boolean isSize(DecodedPicture picture, FrameGeometry geometry) {
        return geometry.width() == picture.displayedWidth() && geometry.height() == picture.displayedHeight();
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

    /** OpenCV's own objects: nothing of OpenCV is loaded before the first of these. */
    private static final class Mats {
        static {
            OpenCvLoader.load();
        }

        private final Mat grey = new Mat();
        private final Mat mirrored = new Mat();
        private final Mat turned = new Mat();
        private final Mat resized = new Mat();
        private final MatOfByte file = new MatOfByte();

        void raw(DecodedPicture picture, FrameGeometry geometry, Colour colour, byte[] out) {
            Mat source = source(picture);
            scaled(source, picture, geometry, colour).get(0, 0, out);
            source.release();
        }

        byte[] jpeg(DecodedPicture picture, FrameGeometry geometry, Colour colour, int quality) {
            Mat source = source(picture);
            MatOfInt parameters = new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality);
            Imgcodecs.imencode(".jpg", scaled(source, picture, geometry, colour), file, parameters);
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

        private Mat scaled(Mat source, DecodedPicture picture, FrameGeometry geometry, Colour colour) {
            Mat current = source;
            if (colour == Colour.GRAY) {
                Imgproc.cvtColor(current, grey, Imgproc.COLOR_BGR2GRAY);
                current = grey;
            }
            current = turn(current, picture.turn());
            if (!isSize(picture, geometry)) {
                Size size = new Size(geometry.width(), geometry.height());
                Imgproc.resize(current, resized, size, 0, 0, Imgproc.INTER_LINEAR);
                current = resized;
            }
            return current;
        }

        private Mat turn(Mat source, Orientation turn) {
            Mat current = source;
            if (turn.mirrored()) {
                Core.flip(current, mirrored, 1);
                current = mirrored;
            }
            if (turn.quarters() != 0) {
                int code = switch (turn.quarters()) {
                    case 1 -> Core.ROTATE_90_CLOCKWISE;
                    case 2 -> Core.ROTATE_180;
                    default -> Core.ROTATE_90_COUNTERCLOCKWISE;
                };
                Core.rotate(current, turned, code);
                current = turned;
            }
            return current;
        }

        void release() {
            grey.release();
            mirrored.release();
            turned.release();
            resized.release();
            file.release();
        }
    }
}
