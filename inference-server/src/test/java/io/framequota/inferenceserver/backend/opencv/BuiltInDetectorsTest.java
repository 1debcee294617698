package io.framequota.inferenceserver.backend.opencv;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.BuiltInModel;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.media.opencv.OpenCv;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Runs the detectors on drawn pictures with a known object. */
class BuiltInDetectorsTest {
    private static final Scalar DARK = new Scalar(45, 45, 45);

    @BeforeAll
    static void load() {
        OpenCv.load();
    }

    private static Tensor run(String name, Mat picture, OutputRequest output) {
        BuiltInModel model = BuiltInDetectors.open().stream()
                .filter(m -> m.config().getName().equals(name))
                .findFirst()
                .orElseThrow();
        Mat grey = new Mat();
        Imgproc.cvtColor(picture, grey, Imgproc.COLOR_BGR2GRAY);
        byte[] pixels = new byte[grey.rows() * grey.cols()];
        grey.get(0, 0, pixels);
        ByteBuffer data = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
        List<Long> shape = List.of((long) grey.rows(), (long) grey.cols(), 1L);
        return model.model()
                .run(List.of(new Tensor("image", DataType.TYPE_UINT8, shape, data)), List.of(output))
                .outputs()
                .getFirst();
    }

    private static Tensor run(String name, Mat picture) {
        return run(name, picture, new OutputRequest("detections", null));
    }

    /** A dark figure from (116, 52) to (184, 247) on a light background. */
    private static Mat person() {
        Mat picture = new Mat(300, 300, CvType.CV_8UC3, new Scalar(190, 190, 190));
        Imgproc.ellipse(picture, new Point(150, 66), new Size(11, 14), 0, 0, 360, DARK, -1);
        limb(picture, 150, 90, 150, 145, 34);
        limb(picture, 134, 92, 122, 150, 12);
        limb(picture, 166, 92, 178, 150, 12);
        limb(picture, 143, 150, 132, 240, 15);
        limb(picture, 157, 150, 168, 240, 15);
        Imgproc.GaussianBlur(picture, picture, new Size(5, 5), 0);
        return picture;
    }

    private static void limb(Mat picture, int x1, int y1, int x2, int y2, int width) {
        Imgproc.line(picture, new Point(x1, y1), new Point(x2, y2), DARK, width);
    }

    /** A light oval with the features of a face, from (60, 40) to (180, 200). */
    private static Mat face() {
        Mat picture = new Mat(240, 240, CvType.CV_8UC3, new Scalar(90, 90, 90));
        Imgproc.ellipse(picture, new Point(120, 120), new Size(60, 80), 0, 0, 360, new Scalar(190, 190, 190), -1);
        for (int x : new int[] {95, 145}) {
            Imgproc.ellipse(picture, new Point(x, 100), new Size(15, 8), 0, 0, 360, new Scalar(60, 60, 60), -1);
            Imgproc.ellipse(picture, new Point(x, 85), new Size(18, 4), 0, 0, 360, new Scalar(80, 80, 80), -1);
        }
        Imgproc.ellipse(picture, new Point(120, 165), new Size(24, 7), 0, 0, 360, new Scalar(80, 80, 80), -1);
        Imgproc.rectangle(picture, new Point(114, 100), new Point(126, 140), new Scalar(220, 220, 220), -1);
        Imgproc.GaussianBlur(picture, picture, new Size(9, 9), 0);
        return picture;
    }

    /** A large person may be found at two sizes; the reader of the rows keeps the better one. */
    private static void found(Tensor detections, float x1, float y1, float x2, float y2) {
        assertThat(detections.shape().getFirst()).isBetween(1L, 2L);
        assertThat(detections.shape().getLast()).isEqualTo(6);
        ByteBuffer data = detections.data().duplicate().order(ByteOrder.nativeOrder());
        while (data.hasRemaining()) {
            float left = data.getFloat();
            float top = data.getFloat();
            float right = data.getFloat();
            float bottom = data.getFloat();
            float shared = Math.max(0, Math.min(right, x2) - Math.max(left, x1))
                    * Math.max(0, Math.min(bottom, y2) - Math.max(top, y1));
            float all = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - shared;
            assertThat(shared / all)
                    .as("overlap of %s,%s,%s,%s", left, top, right, bottom)
                    .isGreaterThan(0.4f);
            assertThat(data.getFloat()).as("score").isBetween(0.5f, 1f);
            assertThat(data.getFloat()).as("class").isZero();
        }
    }

    @Test
    void peopleFindsAPerson() {
        found(run("people", person()), 116, 52, 184, 247);
    }

    @Test
    void peopleFindsAPersonWhoFillsThePicture() {
        found(run("people", person().rowRange(50, 250)), 116, 2, 184, 197);
    }

    @Test
    void facesFindsAFace() {
        found(run("faces", face()), 60, 40, 180, 200);
    }

    @Test
    void neitherFindsAnythingInAPlainPicture() {
        Mat plain = new Mat(300, 300, CvType.CV_8UC3, new Scalar(90, 90, 90));
        assertThat(run("people", plain).shape()).containsExactly(0L, 6L);
        assertThat(run("faces", plain).shape()).containsExactly(0L, 6L);
    }
}
