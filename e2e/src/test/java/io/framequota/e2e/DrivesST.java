package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestDrive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** KITTI drives through the whole system: folders and archives, whole and with gaps, and what is said of broken ones. */
class DrivesST {
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final int FRAMES = 5;

    @TempDir
    Path folder;

    private final Map<String, JsonNode> jobs = new HashMap<>();

    @Test
    void linesHaveCameraTimePositionAndDistanceAndGapsShiftNothing() throws Exception {
        TestDrive whole = TestDrive.ofWalkers(folder.resolve("whole"), FRAMES);
        Path wholeFolder = whole.write();
        TestDrive gaps = TestDrive.ofWalkers(folder.resolve("gaps"), FRAMES);
        Path gapsFolder = gaps.write();
        gaps.dropScans(2);
        gaps.dropPictures("image_01", 3);
        Files.write(gapsFolder.resolve("image_03/data/0000000001.png"), new byte[0]);
        Path zip = zip(folder.resolve("whole"), "drive.zip");
        Path uncalibrated = folder.resolve("uncalibrated");
        TestDrive.ofWalkers(uncalibrated, 1).write();
        Path calibration = uncalibrated.resolve("calib_cam_to_cam.txt");
        Files.writeString(calibration, Files.readString(calibration).replaceAll("R_rect_00:.*\n", ""));
        Path uncalibratedZip = zip(uncalibrated, "uncalibrated.zip");
        Path two = folder.resolve("two");
        TestDrive.ofWalkers(two.resolve("a"), 1).write();
        TestDrive.ofWalkers(two.resolve("b"), 1).write();
        Path twoZip = zip(two, "two.zip");

        Fq.Ended ended = Fq.run(
                LIMIT,
                "detect",
                wholeFolder.toString(),
                folder.resolve("gaps").toString(),
                zip.toString(),
                uncalibratedZip.toString(),
                twoZip.toString(),
                "-o",
                folder.resolve("out").toString(),
                "--annotate",
                folder.resolve("videos").toString(),
                "--json");
        ended.out()
                .lines()
                .map(RunningSystem::parse)
                .forEach(j -> jobs.put(j.path("source").asText(), j));

        assertThat(ended.code())
                .as("an archive that cannot be used: %s", ended.err())
                .isEqualTo(2);
        wholeDrive(job(wholeFolder), whole);
        assertThat(lines(job(zip))).as("folder and archive").isEqualTo(lines(job(wholeFolder)));
        driveWithGaps(job(folder.resolve("gaps")), gaps);
        shownAsTaken(job(folder.resolve("gaps")));
        assertThat(job(uncalibratedZip).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(warnings(job(uncalibratedZip)))
                .containsExactly(
                        "calib_cam_to_cam.txt: there is no R_rect_00; use the file of KITTI's calibration archive of"
                                + " the day; detections have no distance");
        assertThat(job(twoZip).path("state").asText()).isEqualTo("FAILED");
        assertThat(ended.err()).contains("there are 2 drives").doesNotContain("Exception");
        evaluated(job(wholeFolder), wholeFolder, zip);
    }

    private void wholeDrive(JsonNode job, TestDrive drive) {
        assertThat(warnings(job)).isEmpty();
        assertThat(job.path("frames").asInt()).isEqualTo(4 * FRAMES);
        assertThat(job.at("/drive/skew_ms/max").asDouble()).isEqualTo(6.613);
        assertThat(job.at("/drive/sensors/0/rate_hz").asDouble()).isEqualTo(9.699);
        List<JsonNode> lines = lines(job);
        assertThat(pictures(lines)).isEqualTo(allPictures());
        int distances = 0;
        for (JsonNode line : lines) {
            String camera = line.path("camera").asText();
            int frame = line.path("camera_frame").asInt();
            assertThat(line.path("time_ns").asLong()).isEqualTo(TestDrive.timeNs(camera, frame));
            assertThat(line.at("/oxts/heading").asDouble()).isCloseTo(TestDrive.HEADING, within(0.01));
            assertThat(line.at("/oxts/speed").asDouble()).isCloseTo(TestDrive.SPEED, within(0.01));
            assertThat(line.at("/oxts/lat").asDouble()).isCloseTo(49.015 - frame * 6e-6, within(1e-9));
            distances += rightDistances(line, drive);
        }
        assertThat(distances).as("people found with their distance").isGreaterThan(2 * FRAMES);
    }

    /** At 9.7 pictures a second; the empty one has a place of its own, and where one is missing the one before is shown longer. */
    private void shownAsTaken(JsonNode job) throws Exception {
        List<Double> times = Ffmpeg.times(Path.of(job.path("video").asText())).stream()
                .map(Double::valueOf)
                .toList();
        assertThat(times).hasSize(4 * FRAMES - 1);
        double step = TestDrive.STEP_NS / 1e9;
        for (int i = 0; i < times.size(); i++) {
            int missing = i > FRAMES + 2 ? 1 : 0;
            assertThat(times.get(i)).as("picture %d", i).isCloseTo((i + missing) * step, within(1e-3));
        }
    }

    private void driveWithGaps(JsonNode job, TestDrive drive) {
        assertThat(job.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(warnings(job))
                .contains(
                        "image_01: 1 picture is missing that other cameras have: 3",
                        "image_03: 1 picture is empty: 1",
                        "velodyne_points: 1 pictures of a camera have no scan, so their detections have no distance: 2");
        List<JsonNode> lines = lines(job);
        List<String> expected = new ArrayList<>(allPictures());
        expected.remove("image_01 3");
        assertThat(pictures(lines)).isEqualTo(expected);
        for (JsonNode line : lines) {
            String camera = line.path("camera").asText();
            int frame = line.path("camera_frame").asInt();
            assertThat(line.path("time_ns").asLong()).isEqualTo(TestDrive.timeNs(camera, frame));
            assertThat(line.has("error")).isEqualTo(camera.equals("image_03") && frame == 1);
            if (frame == 2) {
                assertThat(line.toString()).doesNotContain("distance_m");
            } else {
                rightDistances(line, drive);
            }
        }
    }

    /** How many detections are people of the truth; their distances must be right to 1 %. */
    private static int rightDistances(JsonNode line, TestDrive drive) {
        int right = 0;
        String camera = line.path("camera").asText();
        int frame = line.path("camera_frame").asInt();
        for (JsonNode detection : line.path("detections")) {
            JsonNode box = detection.path("box");
            double middle = (box.path(0).asDouble() + box.path(2).asDouble()) / 2;
            for (int person = 0; person < 2; person++) {
                TestDrive.Rectangle truth = drive.box(camera, person, frame);
                double width = truth.x2() - truth.x1();
                if (Math.abs(middle - (truth.x1() + truth.x2()) / 2) < width / 4) {
                    double distance = drive.distance(camera, person, frame);
                    assertThat(detection.path("distance_m").asDouble())
                            .as("%s", line)
                            .isCloseTo(distance, within(0.01 * distance));
                    right++;
                }
            }
        }
        return right;
    }

    private void evaluated(JsonNode job, Path drive, Path zip) {
        String result = job.path("output").asText();
        Fq.Ended ended = Fq.run(LIMIT, "evaluate", result, "--truth", drive.toString(), "--iou", "0.4", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode evaluation = RunningSystem.parse(ended.out());
        assertThat(evaluation.path("frames").asInt()).isEqualTo(4 * FRAMES);
        assertThat(evaluation.path("objects").asInt()).isEqualTo(2 * 4 * FRAMES);
        assertThat(evaluation.path("recall").asDouble()).isGreaterThan(0.3);
        assertThat(evaluation.at("/slices/0/distance_m").asText()).isEqualTo("0-10");
        assertThat(evaluation.at("/slices/1/occlusion").asText()).isEqualTo("visible");
        assertThat(Fq.run(LIMIT, "evaluate", result, "--truth", zip.toString(), "--iou", "0.4", "--json")
                        .out())
                .isEqualTo(ended.out());
        assertThat(asWritten("./fq evaluate", result, drive)).contains("DISTANCE (M)", "OCCLUSION");
        assertThat(asWritten("./fq track", result, drive)).contains("tracks");
    }

    /** Runs a command of the guide on this drive and its result. */
    private String asWritten(String command, String result, Path drive) {
        String[] arguments = Guide.of("docs/guides/kitti.md")
                .command(command)
                .replace("2011_09_26/2011_09_26_drive_0001_sync", drive.toString())
                .replace("tracks.jsonl.gz", folder.resolve("tracks.jsonl.gz").toString())
                .replaceFirst("^\\./fq (\\S+) drive\\.jsonl\\.gz", "$1 " + result)
                .split(" ");
        Fq.Ended ended = Fq.run(LIMIT, arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out();
    }

    private Path zip(Path from, String name) throws IOException {
        Path zip = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new ZipEntry(from.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return zip;
    }

    private JsonNode job(Path source) {
        return jobs.get(source.toString());
    }

    private static List<JsonNode> lines(JsonNode job) {
        return DetectST.lines(Path.of(job.path("output").asText()));
    }

    private static List<String> warnings(JsonNode job) {
        List<String> warnings = new ArrayList<>();
        job.path("warnings").forEach(w -> warnings.add(w.asText()));
        return warnings;
    }

    private static List<String> pictures(List<JsonNode> lines) {
        return lines.stream()
                .map(l ->
                        l.path("camera").asText() + " " + l.path("camera_frame").asText())
                .toList();
    }

    private static List<String> allPictures() {
        return TestDrive.CAMERAS.stream()
                .flatMap(c -> Stream.iterate(0, i -> i < FRAMES, i -> i + 1).map(i -> c + " " + i))
                .toList();
    }
}
