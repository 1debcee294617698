package io.framequota.inferenceserver.backend.opencv;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.BuiltInModel;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
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
        OpenCvLibrary.load();
    }

    private static Tensor run(String name, Mat picture, OutputRequest output) {
        BuiltInModel model = BuiltInDetectors.open().stream()
                .filter(m -> m.config().getName().equals(name))
                .findFirst()
                .orElseThrow();
        byte[] pixels = new byte[picture.rows() * picture.cols() * 3];
        picture.get(0, 0, pixels);
        ByteBuffer data = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
        List<Long> shape = List.of((long) picture.rows(), (long) picture.cols(), 3L);
        return model.model()
                .run(List.of(new Tensor("image", DataType.TYPE_UINT8, shape, data)), List.of(output))
                .outputs()
                .getFirst();
    }

    private static Tensor run(String name, Mat picture) {
        return run(name, picture, new OutputRequest("detections", null));
    }

    /** A dark figure from (124, 53) to (176, 245) on a light background. */
    private static Mat person() {
        Mat picture = new Mat(300, 300, CvType.CV_8UC3, new Scalar(170, 170, 170));
        Imgproc.ellipse(picture, new Point(150, 70), new Size(13, 17), 0, 0, 360, DARK, -1);
        Imgproc.rectangle(picture, new Point(124, 90), new Point(176, 165), DARK, -1);
        Imgproc.rectangle(picture, new Point(126, 165), new Point(147, 245), DARK, -1);
        Imgproc.rectangle(picture, new Point(153, 165), new Point(174, 245), DARK, -1);
        Imgproc.GaussianBlur(picture, picture, new Size(9, 9), 0);
        return picture;
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

    private static void foundOnce(Tensor detections, float x1, float y1, float x2, float y2) {
        assertThat(detections.shape()).containsExactly(1L, 6L);
        ByteBuffer row = detections.data().duplicate().order(ByteOrder.nativeOrder());
        float left = row.getFloat();
        float top = row.getFloat();
        float right = row.getFloat();
        float bottom = row.getFloat();
        float shared = Math.max(0, Math.min(right, x2) - Math.max(left, x1))
                * Math.max(0, Math.min(bottom, y2) - Math.max(top, y1));
        float all = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - shared;
        assertThat(shared / all)
                .as("overlap of %s,%s,%s,%s", left, top, right, bottom)
                .isGreaterThan(0.4f);
        assertThat(row.getFloat()).as("score").isBetween(0.5f, 1f);
        assertThat(row.getFloat()).as("class").isZero();
    }

    @Test
    void peopleFindsAPerson() {
        foundOnce(run("people", person()), 124, 53, 176, 245);
    }

    @Test
    void facesFindsAFace() {
        foundOnce(run("faces", face()), 60, 40, 180, 200);
    }

    @Test
    void neitherFindsAnythingInAPlainPicture() {
        Mat plain = new Mat(300, 300, CvType.CV_8UC3, new Scalar(90, 90, 90));
        assertThat(run("people", plain).shape()).containsExactly(0L, 6L);
        assertThat(run("faces", plain).shape()).containsExactly(0L, 6L);
    }
}
