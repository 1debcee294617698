package io.framequota.analysis.kitti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.Box;
import io.framequota.media.testing.TestDrive;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DriveTest {
    private static final int FRAMES = 8;

    @TempDir
    Path day;

    @Test
    void aWholeDriveHasNoProblemsAndItsTimesAreExact() throws Exception {
        Drive drive = open(walkers().write());

        assertThat(drive.problems()).isEmpty();
        assertThat(drive.frames()).hasSize(4 * FRAMES);
        assertThat(drive.frames()).allSatisfy(f -> {
            assertThat(f.timeNs()).isEqualTo(TestDrive.timeNs(f.camera(), (int) f.number()));
            assertThat(drive.scanOf(f)).isEqualTo(f.number());
            Oxts oxts = drive.oxtsOf(f).orElseThrow();
            assertThat(oxts.lat()).isCloseTo(49.015 - f.number() * 6e-6, within(1e-9));
            assertThat(oxts.speed()).isCloseTo(TestDrive.SPEED, within(1e-3));
            assertThat(oxts.heading()).isCloseTo(TestDrive.HEADING, within(1e-3));
        });
    }

    @Test
    void theReportHasRateJitterAndSkew() throws Exception {
        DriveReport report = DriveReport.of(open(walkers().write()));

        assertThat(report.sensors()).hasSize(6).allSatisfy(s -> {
            assertThat(s.files()).isEqualTo(FRAMES);
            assertThat(s.rateHz()).isCloseTo(1e9 / TestDrive.STEP_NS, within(1e-9));
            assertThat(s.jitterMs()).isCloseTo(0, within(1e-9));
        });
        assertThat(report.skewMedianMs()).isCloseTo(6.613, within(1e-9));
        assertThat(report.skewMaxMs()).isCloseTo(6.613, within(1e-9));
        JsonNode json = report.toJson();
        assertThat(json.at("/sensors/0/rate_hz").asDouble()).isEqualTo(9.699);
        assertThat(json.at("/skew_ms/max").asDouble()).isEqualTo(6.613);
    }

    /** One camera after another, each at its own rate; a damaged time is replaced. */
    @Test
    void picturesAreShownAtTheRateAtWhichTheyWereTaken() throws Exception {
        Path folder = walkers().write();
        Path times = folder.resolve("image_01/timestamps.txt");
        List<String> lines = new ArrayList<>(Files.readAllLines(times));
        lines.set(3, lines.get(3).replaceFirst("^2011", "2031"));
        Files.write(times, lines);
        Drive drive = open(folder);

        DriveTimes shown = DriveTimes.of(drive);

        double step = TestDrive.STEP_NS / 1e6;
        assertThat(shown.stepMs()).isCloseTo(step, within(1e-6));
        for (int i = 0; i < 4 * FRAMES; i++) {
            assertThat(shown.shownMs().get(drive.frames().get(i).file()))
                    .as("picture %d", i)
                    .isCloseTo(i * step, within(1e-3));
        }
    }

    @Test
    void eachDetectionHasTheDistanceOfItsObjectToOnePerCent() throws Exception {
        TestDrive written = walkers();
        DriveLines lines = new DriveLines(open(written.write()));
        int checked = 0;
        for (int frame = 0; frame < FRAMES; frame++) {
            for (String camera : TestDrive.CAMERAS) {
                JsonNode line = lines.with(line(written, camera, frame));
                assertThat(line.path("camera").asText()).isEqualTo(camera);
                assertThat(line.path("camera_frame").asInt()).isEqualTo(frame);
                assertThat(line.path("time_ns").asLong()).isEqualTo(TestDrive.timeNs(camera, frame));
                assertThat(line.at("/oxts/heading").asDouble()).isCloseTo(TestDrive.HEADING, within(1e-3));
                for (int person = 0; person < 2; person++) {
                    double truth = written.distance(camera, person, frame);
                    // The nearer one may hide the other.
                    if (person == 0 || !overlap(written, camera, frame)) {
                        assertThat(line.at("/detections/" + person + "/distance_m")
                                        .asDouble())
                                .as("person %d in frame %d of %s", person, frame, camera)
                                .isCloseTo(truth, within(0.01 * truth));
                        checked++;
                    }
                }
            }
        }
        assertThat(checked).isGreaterThan(4 * FRAMES);
    }

    @Test
    void backgroundAndThinThingsInFrontDoNotChangeADistance() {
        PictureDepth.Builder points = new PictureDepth.Builder(1000);
        for (int i = 0; i < 100; i++) {
            // A person of 40 % of the box's width, a wall behind, and a pole in front.
            points.add(new Calibration.Seen(30 + i % 40, 20 + i / 2.0, 12 + i % 5 * 0.05));
            points.add(new Calibration.Seen(i < 50 ? 26 : 74, 20 + i / 2.0, 30));
        }
        for (int i = 0; i < 12; i++) {
            points.add(new Calibration.Seen(50, 25 + i * 4, 5));
        }

        assertThat(points.build().distance(new Box(0, 0, 100, 100)).getAsDouble())
                .isCloseTo(12.1, within(0.1));
        assertThat(points.build().distance(new Box(200, 0, 300, 100))).isEmpty();
    }

    @Test
    void aMissingScanShiftsNothing() throws Exception {
        TestDrive written = walkers();
        Path folder = written.write();
        written.dropScans(3, 4);
        Drive drive = open(folder);

        assertThat(drive.problems())
                .containsExactly(
                        "velodyne_points: 2 pictures of a camera have no scan, so their detections have no distance:"
                                + " 3-4");
        DriveLines lines = new DriveLines(drive);
        for (int frame = 0; frame < FRAMES; frame++) {
            JsonNode distance = lines.with(line(written, "image_02", frame)).at("/detections/0/distance_m");
            if (frame == 3 || frame == 4) {
                assertThat(distance.isMissingNode()).isTrue();
            } else {
                double truth = written.distance("image_02", 0, frame);
                assertThat(distance.asDouble()).isCloseTo(truth, within(0.01 * truth));
            }
        }
    }

    @Test
    void aMissingPictureShiftsNothing() throws Exception {
        TestDrive written = walkers();
        Path folder = written.write();
        written.dropPictures("image_01", 2, 7);
        Drive drive = open(folder);

        assertThat(drive.problems()).containsExactly("image_01: 2 pictures are missing that other cameras have: 2, 7");
        assertThat(drive.frames())
                .hasSize(4 * FRAMES - 2)
                .allSatisfy(f -> assertThat(f.timeNs()).isEqualTo(TestDrive.timeNs(f.camera(), (int) f.number())));
    }

    @Test
    void timesAreThoseOfTheirFilesWithBlankLinesAndWithout() throws Exception {
        Path folder = walkers().write();
        Path times = folder.resolve("image_00/timestamps.txt");
        List<String> lines = new ArrayList<>(Files.readAllLines(times));
        // A line too many in the middle and some at the end: there is still one time for each file.
        lines.add(4, "");
        Files.writeString(times, String.join("\r\n", lines) + "\r\n\r\n\r\n");
        assertThat(open(folder).cameras().get("image_00").times())
                .hasSize(FRAMES)
                .containsEntry(5L, TestDrive.timeNs("image_00", 5));

        // A time that is lost: only this one is unknown.
        lines.remove(4);
        lines.set(5, "");
        Files.write(times, lines);
        Drive drive = open(folder);
        assertThat(drive.cameras().get("image_00").times())
                .doesNotContainKey(5L)
                .containsEntry(6L, TestDrive.timeNs("image_00", 6));
        assertThat(drive.problems()).containsExactly("image_00/timestamps.txt: no time for 1 of 8 pictures: 5");
        assertThat(drive.frames().stream().filter(f -> f.file().endsWith("image_00/data/0000000005.png")))
                .singleElement()
                .satisfies(
                        f -> assertThat(f.orderNs()).isCloseTo(TestDrive.timeNs("image_00", 5), within(10_000_000L)));
    }

    @Test
    void whatIsHalfCopiedIsReported() throws Exception {
        Path folder = walkers().write();
        Path scan = folder.resolve("velodyne_points/data/0000000006.bin");
        Files.write(scan, java.util.Arrays.copyOf(Files.readAllBytes(scan), 1000));
        Files.write(folder.resolve("image_03/data/0000000001.png"), new byte[0]);
        Files.writeString(folder.resolve("oxts/data/0000000002.txt"), "49.0 8.4");
        Files.delete(folder.resolve("image_01/timestamps.txt"));

        assertThat(open(folder).problems())
                .containsExactly(
                        "image_01/timestamps.txt: no time for 8 of 8 pictures: 0-7",
                        "image_03: 1 picture is empty: 1",
                        "velodyne_points: 1 scan is empty or cut off, and not used: 6",
                        "velodyne_points: 1 pictures of a camera have no scan, so their detections have no distance: 6",
                        "oxts: 1 file is empty or damaged: 2");
    }

    @Test
    void whatIsTooLargeIsReportedAndNotRead() throws Exception {
        Path folder = walkers().write();
        enlarge(folder.resolve("velodyne_points/data/0000000006.bin"), 64 << 20);
        enlarge(folder.resolve("image_01/timestamps.txt"), (4 << 20) + 1);
        enlarge(folder.resolve("oxts/data/0000000002.txt"), (64 << 10) + 1);
        enlarge(day.resolve("calib_velo_to_cam.txt"), (64 << 10) + 1);

        assertThat(open(folder).problems())
                .containsExactly(
                        "image_01/timestamps.txt: it is damaged, or larger than 4 MiB, and not used",
                        "image_01/timestamps.txt: no time for 8 of 8 pictures: 0-7",
                        "velodyne_points: 1 scan is larger than 8 MiB, and not used: 6",
                        "velodyne_points: 1 pictures of a camera have no scan, so their detections have no distance: 6",
                        "oxts: 1 file is empty or damaged: 2",
                        "calib_velo_to_cam.txt: it has more than 65536 bytes; detections have no distance");
    }

    @Test
    void scansAsTextsMayBeAsLargeAsOthers() throws Exception {
        byte[] text = "1.5 -2 0.25 0.31\n".repeat(490_000).getBytes(StandardCharsets.US_ASCII);
        assertThat(text.length).isLessThan(LaserScan.MOST_BYTES);

        float[] xyz = LaserScan.parse(text, "1.txt").xyz();

        assertThat(xyz).hasSize(3 * 490_000);
        assertThat(xyz[xyz.length - 2]).isEqualTo(-2f);
        byte[] oneLine = "1 2 3 ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        assertThat(LaserScan.parse(oneLine, "1.txt").xyz()).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> LaserScan.parse(new byte[] {'1', ' ', '2', '\n'}, "1.txt"))
                .isInstanceOf(InvalidDriveException.class)
                .hasMessageContaining("a line is no point");
    }

    @Test
    void hiddenFilesAreNoneOfTheDrive() throws Exception {
        Path folder = walkers().write();
        Path shadows = Files.createDirectories(day.resolve("__MACOSX/" + folder.getFileName() + "/image_00/data"));
        Files.writeString(shadows.resolve("._0000000000.png"), "x");
        Files.writeString(folder.resolve("image_00/data/._0000000000.png"), "x");
        Files.writeString(folder.resolve("oxts/data/.DS_Store"), "x");

        assertThat(open(day).problems()).isEmpty();
        assertThat(open(folder).problems()).isEmpty();
    }

    private static void enlarge(Path file, long bytes) throws IOException {
        try (RandomAccessFile larger = new RandomAccessFile(file.toFile(), "rw")) {
            larger.setLength(bytes);
        }
    }

    @Test
    void aCalibrationThatCannotBeUsedIsReportedInOneLine() throws Exception {
        Path folder = walkers().write();
        Path file = day.resolve("calib_cam_to_cam.txt");
        String whole = Files.readString(file);
        Files.writeString(file, whole.replaceAll("R_rect_00:.*\n", ""));
        Drive drive = open(folder);
        assertThat(drive.calibration()).isEmpty();
        assertThat(drive.problems())
                .containsExactly(
                        "calib_cam_to_cam.txt: there is no R_rect_00; use the file of KITTI's calibration archive of"
                                + " the day; detections have no distance");

        Files.writeString(file, whole.replaceFirst("(P_rect_02: \\S+) \\S+", "$1 x"));
        assertThat(open(folder).problems())
                .containsExactly("calib_cam_to_cam.txt, P_rect_02: \"x\" is not a number; detections have no distance");

        Files.delete(file);
        assertThat(open(folder).problems())
                .singleElement()
                .asString()
                .startsWith("there is no calib_cam_to_cam.txt in the drive's folder or the one around it");
    }

    @Test
    void aDriveIsFoundInItsFolderInThatOfTheDayAndAroundIt() throws Exception {
        Path inside = day.resolve("raw/2011_09_26");
        Path folder = new TestDrive(inside, 1, List.of()).write();

        for (Path given : List.of(folder, inside, day.resolve("raw"))) {
            assertThat(open(given).problems()).as(given.toString()).isEmpty();
        }
        new TestDrive(day.resolve("raw/2011_09_28"), 1, List.of()).write();
        assertThatThrownBy(() -> open(day.resolve("raw")))
                .isInstanceOf(InvalidDriveException.class)
                .hasMessageContaining("there are 2 drives");
        assertThat(DriveLayout.of(Set.of("holiday/image_00/data/1.png", "a.jpg")))
                .isEmpty();
    }

    @Test
    void theNearestFileIsThatOfASearchThroughAll() {
        Random random = new Random(1);
        NavigableMap<Long, String> files = new TreeMap<>();
        NavigableMap<Long, Long> times = new TreeMap<>();
        // Times that are not in the order of the numbers, and some twice.
        for (long number = 0; number < 200; number++) {
            files.put(number, number + ".txt");
            times.put(number, (long) random.nextInt(300));
        }
        NavigableMap<Long, Long> byTime = new DriveStream("oxts", files, times, List.of()).byTime();
        for (long time = -20; time < 320; time++) {
            Long best = null;
            long least = 5;
            for (Map.Entry<Long, Long> entry : times.entrySet()) {
                if (Math.abs(entry.getValue() - time) <= least) {
                    least = Math.abs(entry.getValue() - time);
                    best = entry.getKey();
                }
            }
            assertThat(DriveStream.nearest(byTime, time, 5)).as("at " + time).isEqualTo(best);
        }
    }

    /** Such names, and many folders that look like drives, took minutes while results of all jobs waited. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void hostileNamesTakeNoTime() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            names.add("d/image_00/data/" + i + "1".repeat(60_000) + ".x");
        }
        for (int i = 0; i < 50_000; i++) {
            names.add(i + "/image_00/data/1.png");
        }

        assertThat(DriveLayout.of(names)).isEmpty();
    }

    @Test
    void picturesThatAreNotRectifiedAreSeenThroughTheLens() throws Exception {
        // One camera that looks along the scanner's x axis, with distortion k1 = -0.3 alone.
        Calibration calibration = Calibration.parse("""
                S_00: 1392 512
                K_00: 1000 0 700 0 1000 250 0 0 1
                D_00: -0.3 0 0 0 0
                R_00: 1 0 0 0 1 0 0 0 1
                T_00: 0 0 0
                """, "R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0 0\n", true);

        Calibration.Seen seen = calibration.see("image_00", 10, -4, 0);
        // x = 0.4, r2 = 0.16: 0.4 * (1 - 0.048) = 0.3808.
        assertThat(seen.u()).isCloseTo(700 + 380.8, within(1e-9));
        assertThat(seen.v()).isCloseTo(250, within(1e-9));
        assertThat(seen.distance()).isCloseTo(Math.hypot(10, 4), within(1e-9));
        // From r2 = 1 / 0.9 on the polynomial turns back.
        assertThat(calibration.see("image_00", 10, -11, 0)).isNull();
        assertThat(calibration.see("image_00", -10, 0, 0)).isNull();
    }

    private TestDrive walkers() {
        return TestDrive.ofWalkers(day, FRAMES);
    }

    private static Drive open(Path folder) throws IOException, InvalidDriveException {
        return Drive.open(DriveFolder.in(folder).orElseThrow()).orElseThrow();
    }

    private static boolean overlap(TestDrive drive, String camera, int frame) {
        return box(drive, camera, 0, frame).iou(box(drive, camera, 1, frame)) > 0;
    }

    private static Box box(TestDrive drive, String camera, int person, int frame) {
        TestDrive.Rectangle r = drive.box(camera, person, frame);
        return new Box(r.x1(), r.y1(), r.x2(), r.y2());
    }

    /** A line as a model would give it that finds everybody, with boxes a tenth too large on each side. */
    private static ObjectNode line(TestDrive drive, String camera, int frame) {
        ObjectNode line = new ObjectMapper().createObjectNode();
        line.put("frame", 0).put("pts_ms", 0.0);
        line.put("file", String.format("2011_09_26_drive_0001_sync/%s/data/%010d.png", camera, frame));
        for (int person = 0; person < 2; person++) {
            Box box = box(drive, camera, person, frame);
            double x = box.width() / 10;
            double y = box.height() / 10;
            line.withArray("detections")
                    .addObject()
                    .put("class", "person")
                    .putArray("box")
                    .add(box.x1() - x)
                    .add(box.y1() - y)
                    .add(box.x2() + x)
                    .add(box.y2() + y);
        }
        return line;
    }
}
