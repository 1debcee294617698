package io.framequota.analysis.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.analysis.kitti.Drive;
import io.framequota.analysis.kitti.DriveFolder;
import io.framequota.analysis.kitti.InvalidDriveException;
import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.media.testing.TestDrive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveTruthTest {
    private static final Box A = new Box(0, 0, 100, 100);
    private static final Box B = new Box(200, 0, 300, 100);
    private static final Box C = new Box(400, 0, 500, 100);
    private static final Box NOTHING = new Box(600, 0, 700, 100);

    @TempDir
    Path day;

    @Test
    void trackletsAreTheBoxesOfTheirObjectsInEachCamera() throws Exception {
        TestDrive written = TestDrive.ofWalkers(day, 3);
        Truth truth = DriveTruth.of(open(written.write()), false);

        assertThat(truth.frames()).hasSize(12);
        for (String camera : TestDrive.CAMERAS) {
            for (int frame = 0; frame < 3; frame++) {
                List<TruthObject> objects = truth.frames().get(new FrameKey(camera, frame));
                for (TruthObject object : objects) {
                    int person = (int) object.track().orElseThrow();
                    TestDrive.Rectangle box = written.box(camera, person, frame);
                    assertThat(object.label()).isEqualTo("person");
                    assertThat(object.box().x1()).isCloseTo(Math.max(0, box.x1()), within(0.01));
                    assertThat(object.box().y1()).isCloseTo(Math.max(0, box.y1()), within(0.01));
                    assertThat(object.box().x2()).isCloseTo(Math.min(TestDrive.WIDTH, box.x2()), within(0.01));
                    assertThat(object.box().y2()).isCloseTo(Math.min(TestDrive.HEIGHT, box.y2()), within(0.01));
                    // The truth has the middle of the person, 15 cm behind the front.
                    assertThat(object.distance().orElseThrow())
                            .isCloseTo(written.distance(camera, person, frame) + 0.15, within(0.02));
                    assertThat(object.occlusion())
                            .isEqualTo(person == 0 ? TruthObject.Occlusion.VISIBLE : TruthObject.Occlusion.PARTLY);
                }
                assertThat(objects).hasSize(2);
            }
        }
        assertThat(DriveTruth.of(open(day), true).frames().get(new FrameKey("image_00", 0)))
                .allSatisfy(o -> assertThat(o.label()).isEqualTo("Pedestrian"));
    }

    @Test
    void smallObjectsCutOnesAndCyclistsAreIgnored() throws Exception {
        Path folder = new TestDrive(day, 1, List.of()).write();
        Files.writeString(
                folder.resolve("tracklet_labels.xml"),
                "<tracklets>"
                        // 30 and 21 pixels high.
                        + item("Pedestrian", 0.3, 0.7, 1.75, 25, 0)
                        + item("Pedestrian", 0.3, 0.7, 1.75, 35, 0)
                        // The picture ends 15.2 m to the left: 16 % and 71 % are outside.
                        + item("Car", 0.3, 4, 1.5, 20, 14.2)
                        + item("Car", 0.3, 4, 1.5, 20, 16.4)
                        + item("Cyclist", 1.8, 0.6, 1.8, 10, -2)
                        + item("Van", 4, 2, 2, 15, 4)
                        // Beside the camera, from 0.8 m behind it to 3.2 m in front of it; and behind it.
                        + item("Car", 4, 1.6, 1.5, 1.5, 2)
                        + item("Car", 4, 1.6, 1.5, -10, 2)
                        + item("Misc", 1, 1, 2, 10, 0)
                        + "</tracklets>");

        Truth truth = DriveTruth.of(open(folder), false);

        FrameKey frame = new FrameKey("image_00", 0);
        List<TruthObject> objects = truth.frames().get(frame);
        assertThat(objects)
                .extracting(o -> o.track().orElseThrow() + " " + o.label() + (o.ignored() ? " ignored" : ""))
                .containsExactly(
                        "0 person",
                        "1 person ignored",
                        "2 car",
                        "3 car ignored",
                        "4 person ignored",
                        "5 car",
                        "6 car ignored");
        // Its far end is 3.25 m in front and 1.15 m to the left: 420 * 1.15 / 3.25 pixels left of 320.
        Box beside = objects.get(6).box();
        assertThat(beside.x1()).isZero();
        assertThat(beside.x2()).isCloseTo(171.6, within(0.5));
        assertThat(beside.y1()).isCloseTo(199.8, within(0.5));
        assertThat(beside.y2()).isEqualTo(TestDrive.HEIGHT);
        Box cyclist = objects.get(4).box();
        Evaluation evaluation = Evaluation.of(
                Map.of(
                        frame,
                        List.of(
                                new DetectedObject("bicycle", 0.9, cyclist, OptionalLong.empty()),
                                new DetectedObject("person", 0.8, cyclist, OptionalLong.empty()))),
                truth,
                0.5);
        assertThat(evaluation.all().detections()).isZero();
        assertThat(evaluation.otherClasses()).isEqualTo(1);
    }

    private static String item(String label, double length, double width, double height, double x, double y) {
        return String.format(
                Locale.ROOT,
                "<item><objectType>%s</objectType><l>%s</l><w>%s</w><h>%s</h><first_frame>0</first_frame><poses><item>"
                        + "<tx>%s</tx><ty>%s</ty><tz>-1.73</tz><rz>0</rz></item></poses></item>",
                label,
                length,
                width,
                height,
                x,
                y);
    }

    @Test
    void aTruthThatCannotBeUsedIsReportedInOneLine() throws Exception {
        Path folder = TestDrive.ofWalkers(day, 1).write();
        Path xml = folder.resolve("tracklet_labels.xml");
        String whole = Files.readString(xml);
        Files.writeString(xml, whole.substring(0, whole.length() / 2));
        assertRefused("2011_09_26_drive_0001_sync/tracklet_labels.xml: this is not XML, or it ends early");
        Files.writeString(xml, whole.replace("<h>", "<hh>").replace("</h>", "</hh>"));
        assertRefused("tracklet_labels.xml, tracklet 0: there is no h");
        Files.delete(xml);
        assertRefused("there is no tracklet_labels.xml");
        Files.writeString(xml, whole);
        Files.delete(day.resolve("calib_velo_to_cam.txt"));
        assertRefused("there is no calib_velo_to_cam.txt");
    }

    @Test
    void accuracyByDistanceAndOcclusionIsTheHandCalculation() {
        // In order of score: A is found, something that is not there 15 m away, C is found. B is missed.
        FrameKey frame = new FrameKey("image_02", 7);
        Truth truth = new Truth(Map.of(
                frame,
                List.of(
                        there(A, 5, TruthObject.Occlusion.VISIBLE),
                        there(B, 15, TruthObject.Occlusion.PARTLY),
                        there(C, 15, TruthObject.Occlusion.VISIBLE))));
        Evaluation evaluation = Evaluation.of(
                Map.of(frame, List.of(found(0.9, A, 5.1), found(0.8, NOTHING, 15), found(0.7, C, 14.9))), truth, 0.5);

        assertThat(evaluation.slices())
                .extracting(s -> s.slice().kind() + " " + s.slice().name())
                .containsExactly("distance_m 0-10", "distance_m 10-20", "occlusion visible", "occlusion partly");
        // One object, one detection, right.
        assertScore(evaluation, 0, 1, 1, 1, 1);
        // Precision 0, 1/2; recall 0, 1/2: recalls 0 to 0.5 (51 of them) at precision 1/2.
        assertScore(evaluation, 1, 2, 2, 1, 51 * 0.5 / 101);
        // Precision 1, 1/2, 2/3; recall 1/2, 1/2, 1: recalls 0 to 0.5 (51) at 1, the other 50 at 2/3.
        assertScore(evaluation, 2, 2, 3, 2, (51 + 50 * 2.0 / 3) / 101);
        assertScore(evaluation, 3, 1, 1, 0, 0);
    }

    private static void assertScore(
            Evaluation evaluation, int slice, int truths, int detections, int right, double ap) {
        Evaluation.Score score = evaluation.slices().get(slice).score();
        assertThat(score.truths()).isEqualTo(truths);
        assertThat(score.detections()).isEqualTo(detections);
        assertThat(score.right()).isEqualTo(right);
        assertThat(score.ap50()).isCloseTo(ap, within(1e-12));
        assertThat(score.ap()).isCloseTo(ap, within(1e-12));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> DriveTruth.of(open(day), false))
                .isInstanceOf(InvalidDriveException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private static Drive open(Path folder) throws Exception {
        return Drive.open(DriveFolder.in(folder).orElseThrow()).orElseThrow();
    }

    private static TruthObject there(Box box, double distance, TruthObject.Occlusion occlusion) {
        return new TruthObject("car", box, OptionalLong.empty(), false, OptionalDouble.of(distance), occlusion);
    }

    private static DetectedObject found(double score, Box box, double distance) {
        return new DetectedObject("car", score, box, OptionalLong.empty(), OptionalDouble.of(distance), 0, null);
    }
}
